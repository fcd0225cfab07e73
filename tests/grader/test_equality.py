"""Tables of equal and unequal answers."""

import pytest
import tables
from hypothesis import given, settings
from hypothesis import strategies as st

import reward
from grader import workers

ANSWERS = r"""
# numbers
42
    = 42.0 ; +42 ; \text{42} ; x=42 ; $42$ ; {42} ; 42. ; 042 ; \text{forty-two} ; 84/2
    ! 43 ; 4200 ; 0.42 ; 42x ; 4 2 ; [0,42] ; \pm 42
1234567
    = 1,234,567 ; 1{,}234{,}567 ; 1\,234\,567 ; 1 234 567 ; 1.234567\times 10^6 ; 1.234567e6
    ! 1234568 ; 1.234567
2.5\times 10^{-3}
    = 0.0025 ; 2.5e-3 ; 25\cdot 10^{-4}
    ! 0.025 ; 2.5 ; 2.5\times 10^3
\frac{3}{4}
    = 0.75 ; 3/4 ; \frac34 ; \dfrac{6}{8} ; .75 ; 75\%
    ! 4/3 ; 75 ; 0.7501
\frac{7}{2}
    = 3\frac12 ; 3 1/2 ; 3.5
    ! 31/2 ; 3
\frac{1}{3}
    = 0.\overline{3} ; 0.333... ; 0.\dot{3}
    ! 0.33 ; 0.333 ; 0.3
\frac{41}{333}
    = 0.\overline{123}
    ! 0.123
5!
    = 120 ; 5!.
    ! 5 ; 5.
2^{89}-1
    = 618970019642690137449562111
    ! 2^{89} ; 618970019642690137449562112
\frac{1}{1500!}
    = (1500!)^{-1}
    ! \frac{1}{1501!} ; 0
10^{10^{9}}
    = 10^{10^9}
    ! 10^{10^9}+1 ; 10^{10^{8}}
3.142
    = \pi ; 3.1416
    ! 3.15 ; 22/7
\pi
    = \pi{}
    ! 3.14 ; 3.14159265358979 ; 22/7
1101_2
    = 1101_{2} ; 1101
    ! 1101_3 ; 13 ; 1100
12 \text{ cm}
    = 12 ; 12\text{ cm} ; 12cm ; 12 centimeters ; 12\,\mathrm{cm}
    ! 12 \text{ km} ; 13 cm
\$7.50
    = 7.5 ; 7.50 \text{ dollars}
    ! 75
35\%
    = 35 ; 0.35 ; 35 percent
    ! 3.5 ; 0.035 ; 36\%
60^\circ
    = 60 ; 60 \text{ degrees} ; \frac{\pi}{3}
    ! 61 ; \frac{\pi}{6}
3:4
    = 6:8 ; 3 : 4
    ! 4:3 ; 3
8:45 \text{ a.m.}
    = 8:45 ; 8:45 am
    ! 8:45 pm ; 8:54
36
    = 36 cookies ; 36 cookies. ; 36 cookies left ; 36\text{ cookies}
    ! 37 cookies ; 36 thirds ; 36 x ; 36 dozen ; 36 theta ; 36 factorial
5 apples
    = 5 ; 5 \text{ apples}
    ! 6 ; 5x
# expressions
\sqrt{5+2\sqrt6}
    = \sqrt2+\sqrt3
    ! \sqrt3-\sqrt2
\frac{1}{\sqrt3}
    = \frac{\sqrt3}{3} ; 3^{-1/2}
    ! \sqrt3
2^{1/2^{900}}
    = 2^{2^{-900}}
    ! 1
\frac{n(n-1)}{2}
    = \binom n2 ; \frac{n^2-n}{2}
    ! \frac{n(n+1)}{2} ; n
\sin 2x
    = 2\sin x\cos x ; \sin(2x)
    ! 2\sin x ; \sin x^2
|x|
    = \sqrt{x^2}
    ! x
\ln 5
    = \log_e 5 ; -\ln\frac15 ; \ln(5)
    ! \log_{10}5 ; 1.609
4e^{i\pi/6}
    = 2\sqrt3+2i ; 4\left(\cos 30^\circ+i\sin 30^\circ\right)
    ! 2\sqrt3-2i ; 4
\sum_{k=1}^{n} \frac{1}{k}
    = \sum_{j=1}^{n}\frac1j
    ! \sum_{j=0}^{n}\frac1j
\int_0^t f(s)\,ds
    = \int_0^t f(u)\,du
    ! \int_0^t g(u)\,du
\frac{1-(-1)^n}{n}
    = \frac{1-\cos n\pi}{n}
    ! \frac{1+(-1)^n}{n}
x^2+C
    = x^2+c
    ! x^2
O(n \log n)
    = O(n\log n)
    ! O(n)
\frac{\pi^2}{6}
    = \zeta(2) ; \frac16\pi^2
    ! \frac{\pi^2}{3}
# equations
y=3x-2
    = 3x-y=2 ; y = -2+3x ; 6x-2y=4
    ! y=3x+2 ; y=2x-3 ; 3x-2y=0
x^2+y^2=9
    = y^2+x^2-9=0 ; 3x^2+3y^2=27
    ! x^2+y^2=3 ; x^2-y^2=9
f(x)=x^2+1
    = f(t)=t^2+1 ; x^2+1
    ! f(x)=x^2 ; g(x)=x
a_n=2n+1
    = a_k=2k+1 ; 2n+1 ; a_{n}=2n+1
    ! 2n-1
m+n = 12
    = m+n=12
    ! 12m
7
    = a+b=7 ; \binom71=7
    ! 2x+7=0 ; x<7
# sets
(-\infty,3)\cup(3,\infty)
    = x\neq 3 ; \mathbb{R}\setminus\{3\} ; (3,\infty)\cup(-\infty,3) ; x<3 \text{ or } x>3
    ! (-\infty,\infty) ; (-\infty,3] \cup [3,\infty) ; x>3
[-2,5)
    = -2\le x<5 ; x\in[-2,5) ; 5>x\geq -2
    ! [-2,5] ; (-2,5) ; -2<x<5 ; -2
(-4,4)
    = |x|<4 ; x^2<16 ; -4<x<4
    ! |x|\le 4 ; [-4,4] ; x<4
\mathbb{R}
    = (-\infty,\infty) ; \mathbb R ; \text{all real numbers}
    ! \mathbb{Q} ; \mathbb{C} ; (0,\infty)
\emptyset
    = \varnothing ; \{\} ; \text{no solution} ; \text{empty set}
    ! 0 ; \{0\} ; \{\emptyset\}
\{1,2,3\}
    = 3,2,1 ; \{3,1,2\} ; x\in\{1,2,3\}
    ! (1,2,3) ; \{1,2\} ; \{1,2,3,4\}
\pm 6
    = 6,-6 ; \{-6,6\} ; x=6 \text{ or } x=-6
    ! 6 ; 36
1\pm\sqrt2
    = 1-\sqrt2,1+\sqrt2
    ! 1+\sqrt2
\frac{\pi}{6}+k\pi, k\in\mathbb{Z}
    = \frac{\pi}{6}+n\pi, n\in\mathbb{Z}
    ! \frac{\pi}{6}+2n\pi, n\in\mathbb{Z}
# lists
2, 5
    = 5,2 ; 2 \text{ and } 5 ; x=2, x=5 ; \{2,5\}
    ! 2 ; 25 ; 2,5,7 ; (5,2) ; [2,5]
(2,-1)
    = \left(2,-1\right) ; (x,y)=(2,-1) ; x=2, y=-1 ; y=-1, x=2
    ! (-1,2) ; [2,-1] ; \{2,-1\} ; 2 ; x=-1, y=2
(1,2),(3,4)
    = (3,4),(1,2)
    ! (1,2) ; (2,1),(4,3)
\begin{pmatrix}1&2\\3&4\end{pmatrix}
    = \begin{bmatrix}1&2\\3&4\end{bmatrix} ; \left(\begin{array}{cc}1&2\\3&4\end{array}\right)
    ! \begin{pmatrix}1&3\\2&4\end{pmatrix} ; 1 ; \begin{pmatrix}1&2\end{pmatrix}
# words
Yes
    = \text{Yes} ; yes. ; True ; Yes, it converges
    ! No ; \text{not} ; 1 ; Yes and no
\text{No}
    = no ; False ; No, because $x>1$ ; \textbf{No} (it diverges)
    ! None ; not ; Yes ; No solution ; No, yes
B
    = (B) ; B. ; \text{B} ; \textbf{(B)} ; (B) 12
    ! C ; (C) ; AB ; (B) or (C) ; 12
\text{hyperbola}
    = a hyperbola ; Hyperbola.
    ! hyperbol ; parabola
E_1
    = E_{1}
    ! E_2 ; E
S_3\times\mathbb{Z}/2\mathbb{Z}
    = \mathbb{Z}_2 \times S_{3}
    ! S_3 \times \mathbb{Z}_3 ; S_3
"""

ROWS = tables.read(ANSWERS)


@pytest.mark.parametrize("gold, right, wrong", ROWS, ids=[r[0][:30] for r in ROWS])
def test_equivalence(gold, right, wrong):
    tables.check(gold, right, wrong)


def test_a_batch_gives_the_same_verdicts_in_order():
    table = [(g, a, True) for g, same, _ in ROWS for a in same] + [(g, a, False) for g, _, other in ROWS for a in other]
    workers._cache.clear()
    grades = reward.grade_batch([f"\\boxed{{{a}}}" for _, a, _ in table], [g for g, _, _ in table], workers=2)
    assert [(g, a) for (g, a, want), grade in zip(table, grades, strict=True) if grade.correct != want] == []


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(alphabet=r"\{}[]()^_$,.;:+-*/=<>|!&%0123456789abexin ", max_size=40))
def test_fuzz_characters(gold, answer):
    for a, g in ((answer, gold), (gold, answer), (gold, gold)):
        (grade,) = reward.grade_batch([f"</think>\\boxed{{{a}}}"], [g], timeout=2.0, workers=1)
        assert isinstance(grade.correct, bool)
        reward.extract_answer(a)


PIECES = (
    r"\frac { } 1 23 4.5 x n e i \pi \sqrt ^ _ ( ) [ ] \{ \} , ; = < \le \ne \in \cup \mathbb{R} \infty \pm \sin \ln "
    r"\sum \int \binom ! | + - * / \cdot \text{and} \text{cm} \begin{pmatrix} \end{pmatrix} & \\ : % ^\circ \overline"
)


@settings(max_examples=250, deadline=None)
@given(*[st.lists(st.sampled_from(PIECES.split()), max_size=14)] * 2)
def test_fuzz_latex(gold, answer):
    gold, answer = " ".join(gold), " ".join(answer)
    (grade,) = reward.grade_batch([f"<think></think>\\boxed{{{answer}}}"], [gold], timeout=2.0, workers=1)
    assert isinstance(grade.correct, bool) and grade.reason
