"""Decimals to their own precision, times of day, numbers in a base."""

import pytest
import tables

NUMBERS = r"""
# digits of other scripts, halves and dozens alone
5
    = ５ ; 𝟓 ; \emph{5} ; \phantom{0}5 ; \begin{array}{c}5\end{array} ; 5\tag*{} ; |a-b|=5 ; x^2+y^2=5
    ! x^2+x=5 ; ６ ; \begin{array}{c}5\\6\end{array} ; 5 \text{ root} ; \text{upper bound: } 5
    ! \text{if n is } 5 ; 5, \text{ but this is incorrect}
\frac12
    = \text{one half} ; \text{half} ; \text{a half}
    ! \text{half of it} ; 2 ; \text{two halves}
35\text{ cents}
    = 35¢
    ! 36¢
120
    = factorial(5) ; 5!
    ! factorial(4)
# a function of zero
0
    = \sin 0 ; \tan(0) ; \operatorname{erf}(0) ; \arctan 0 ; \sinh 0
    ! \cos 0 ; e^0
1
    = \cos 0 ; e^0 ; 1+\sin 0 ; 0! ; \cosh 0
    ! \sin 0
12:00
    = 12:00:00
    ! 1:00 ; 12:30 ; 12
10:00
    ! 5:00 ; 1:00
5:30 \text{ PM}
    = 17:30 ; 5:30 ; 5:30 pm ; 17:30:00
    ! 5:30 am ; 18:30 ; 5:31 ; 4:30
12:15\text{ am}
    = 0:15 ; 12:15 ; 00:15
    ! 12:15 pm
17:30
    = 5:30 pm
    ! 5:30 am ; 5:30
\frac{3}{8}
    = \text{three eighths} ; 3 \text{ eighths of the pizza} ; \frac38
    ! 3 ; \text{three and eight}
105
    = \text{one hundred and five}
    ! \text{one hundred} ; 100
36
    = \text{three dozen} ; 36
    ! 3
12
    = \text{a dozen}
    ! \text{a baker's dozen} ; \text{six six}
\frac78
    = Fraction(7, 8) ; Rational(7,8)
    ! Fraction(8, 7)
\begin{pmatrix}1&2\\3&4\end{pmatrix}
    = [[1,2],[3,4]] ; Matrix([[1, 2], [3, 4]])
    ! [[1,3],[2,4]] ; [1,2,3,4]
3:4
    = 6:8
    ! 4:3
52_8
    = 52 ; 52_{8}
    ! 52_7 ; 42 ; 528
52
    = 52_8 ; 52_{10}
    ! 53_8
2:0
    ! 1:0
671.02
    = 671.0200 ; 671.0234 ; 671.02\text{ cm} ; \frac{33551}{50}
    ! 671.0 ; 671 ; 671.03 ; 671.1 ; 671.05
17.001
    = 17.0014
    ! 17 ; 17.0 ; 17.00
6.283185307179586
    = 2\pi
    ! 6.28 ; 6.2832 ; \frac{44}{7}
0.66667
    = \frac23 ; 0.666667
    ! 0.6667 ; 0.667
0.66666
    = \frac23
1.4142
    = \sqrt2 ; 1.41421
    ! 1.414
1.414
    = \sqrt2 ; 1.4142 ; 1.41409
    ! 1.41 ; 1.42
3.14
    = \pi ; 3.142
    ! 3.15
6.02214\times 10^{23}
    = 6.022140\times10^{23}
    ! 6.022\times10^{23} ; 6.02\times 10^{23}
12.345\%
    = 0.12345 ; 12.345
    ! 12.3\% ; 0.123 ; 12.35
7.0
    = 7
    ! 7.001
(1.2345, 2)
    = (1.2345,2)
    ! (1.234,2)
x=1.23456
    = 1.23456
    ! 1.2346
"""


@pytest.mark.parametrize("gold, right, wrong", tables.read(NUMBERS))
def test_numbers(gold, right, wrong):
    tables.check(gold, right, wrong)
