"""Notations: exponents that are functions or in parentheses, Unicode, styles, layout."""

import pytest
import tables

NOTATIONS = r"""
e^{\sin x}
    = e^{\sin(x)} ; e^(sin(x)) ; \exp(\sin x) ; e**(sin(x))
    ! e^{\cos x} ; \sin x
x^{\ln x}
    = e^{(\ln x)^2}
    ! \ln x
2^{\gcd(m,n)}-1
    = 2^{\gcd(n,m)}-1
    ! 2^{\gcd(m,n)-1}
n^{\log_2 3}
    = 3^{\log_2 n}
    ! 3^{\log_3 n}
2^{n-1}
    = 2^(n-1) ; 2**(n-1) ; \frac{2^n}{2}
    ! 2^n-1 ; 2^(n)-1
x^{1/3}
    = x^(1/3) ; \sqrt[3]{x} ; ∛x
    ! x/3
1024
    = 2**10 ; **1024** ; 2^(10)
    ! 20
a_{n+1}
    = a_(n+1)
    ! a_n+1
\frac12
    = ½ ; \textcolor{red}{\frac12} ; {\color{blue}\frac12} ; \large\frac12 ; \scriptstyle\frac12
    = \begin{aligned}\frac12\end{aligned}
    ! ⅓ ; ¼
x^2+x_1
    = x²+x₁ ; x²+x_{1}
    ! x³+x₁
\theta^{2}
    = θ² ; theta^2
    ! t^2
\bar z+1
    = \overline z+1 ; \overline{z}+1
    ! z+1
\varepsilon
    = \epsilon ; ε
    ! e
1,2,\ldots,n
    = 1,2,\dots,n ; 1,2,\cdots,n ; 1,2,...,n
    ! 1,2,n
x=1,y=2
    = \begin{aligned}x&=1\\y&=2\end{aligned} ; \begin{gathered}x=1\\y=2\end{gathered}
    ! \begin{aligned}x&=2\\y&=1\end{aligned}
\begin{pmatrix}1\\2\end{pmatrix}
    = \begin{pmatrix}1&2\end{pmatrix}^T ; [1,2]^\top
    ! \begin{pmatrix}1&2\end{pmatrix} ; \begin{pmatrix}2&1\end{pmatrix}^T
"""


@pytest.mark.parametrize("gold, right, wrong", tables.read(NOTATIONS))
def test_notations(gold, right, wrong):
    tables.check(gold, right, wrong)
