"""Products of matrices, group elements, vectors, spaces, maps and statements keep their order and their sign."""

import pytest
import tables

ALGEBRA = r"""
PDP^{-1}
    = PDP^{-1} ; P D P^{-1}
    ! D ; P^{-1}DP
aba^{-1}b^{-1}
    = ab(ba)^{-1}
    ! 1 ; ab ; bab^{-1}a^{-1} ; e
ghg^{-1}
    ! h ; g^{-1}hg
(I-A)^{-1}B
    ! B(I-A)^{-1}
XY-YX
    = -(YX-XY)
    ! 0 ; YX-XY
(AB)^{-1}
    = B^{-1}A^{-1}
    ! A^{-1}B^{-1}
(AB)^T
    = B^TA^T
    ! A^TB^T ; AB
A^TA
    ! AA^T ; A^2
U\Sigma V^T
    = U \Sigma V^{\top} ; U\Sigma V^{T}
    ! V\Sigma U^T
A^2B
    = AAB
    ! ABA ; BA^2
(A+B)^2
    = A^2+AB+BA+B^2
    ! A^2+2AB+B^2
A^{-1}
    = \frac{1}{A}
    ! A
AB
    ! BA
\vec{a}\times\vec{b}
    = -\vec{b}\times\vec{a} ; \mathbf{a}\times\mathbf{b}
    ! \vec{b}\times\vec{a} ; \vec{a}\cdot\vec{b} ; \vec a\vec b ; -\vec a\times\vec b
\mathbf{u}\times\mathbf{v}
    = -\mathbf{v}\times\mathbf{u} ; \boldsymbol{u}\times\boldsymbol{v}
\mathbf{a}\cdot(\mathbf{b}\times\mathbf{c})
    = \mathbf{c}\cdot(\mathbf{a}\times\mathbf{b}) ; (\mathbf{a}\times\mathbf{b})\cdot\mathbf{c}
    ! \mathbf{b}\cdot(\mathbf{a}\times\mathbf{c}) ; 0
\mathbf{a}\times(\mathbf{b}\times\mathbf{c})
    = \mathbf{b}(\mathbf{a}\cdot\mathbf{c})-\mathbf{c}(\mathbf{a}\cdot\mathbf{b})
    ! (\mathbf{a}\times\mathbf{b})\times\mathbf{c}
\vec{a}\cdot\vec{b}
    = \vec{b}\cdot\vec{a} ; \mathbf{a}\cdot\mathbf{b}
    ! \vec{a}\times\vec{b} ; \vec{a}+\vec{b}
|\vec{a}\times\vec{b}|
    = |\vec{b}\times\vec{a}|
    ! |\vec{a}\cdot\vec{b}| ; \vec a\times\vec b
\frac{\vec{a}\cdot\vec{b}}{|\vec{a}||\vec{b}|}
    = \frac{\vec{b}\cdot\vec{a}}{|\vec{b}||\vec{a}|}
    ! \frac{|\vec{a}\times\vec{b}|}{|\vec{a}||\vec{b}|}
2\vec{a}+3\vec{b}
    = 3\vec b+2\vec a ; 2\mathbf{a}+3\mathbf{b} ; 2a+3b
    ! 2\vec{a}-3\vec{b}
\frac{1}{2}(\vec{a}+\vec{b})
    = \frac{\vec{a}+\vec{b}}{2} ; \frac12\vec a+\frac12\vec b
\vec{v}
    = v ; \mathbf{v} ; \overrightarrow{v}
    ! \hat{v} ; \bar v
\nabla\times F
    = \nabla\times\mathbf{F}
    ! \nabla\cdot F ; \nabla F ; F\times\nabla
0
    ! \nabla^2 u=0
\nabla f
    = \nabla{f}
    ! f\nabla ; \nabla^2 f ; \nabla\cdot f
\nabla^2 f
    = \nabla^{2}f
    ! \nabla f
\nabla\cdot\mathbf{F}
    = \nabla\cdot\vec F
    ! \nabla\times\mathbf{F}
f\circ g
    = f \circ g
    ! g\circ f ; fg
f\circ(g\circ h)
    = (f\circ g)\circ h
    ! f\circ(h\circ g)
S^1\times S^1
    = S^1 \times S^1
    ! S^2 ; S^1 ; S^1\vee S^1
S^2\times S^3
    = S^3\times S^2
    ! S^5 ; S^6
D^2\times S^1
    = S^1\times D^2
    ! S^1\times D^3
T^2\times I
    ! T^3
p\land q
    = q\land p ; p\wedge q
    ! p\lor q ; p\oplus q
p\lor q
    = p\vee q
    ! p\land q
(p\lor q)\land r
    ! p\lor(q\land r) ; (p\land q)\lor r
p\land q\lor r
    ! p\lor q\land r
(1 2 3)
    = (2 3 1) ; (1\,2\,3) ; (1\ 2\ 3)
    ! (1 3 2) ; (1 2)
(1 2)(3 4)
    = (3 4)(1 2) ; (1\ 2)(3\ 4)
    ! (1 3)(2 4) ; (1 2)(2 3)
(1\ 2)(2\ 3)
    = (1\ 2\ 3)
    ! (2\ 3)(1\ 2)
AB=BA
    = BA=AB
    ! AB=-BA
AB+BA=I
    = BA+AB=I
    ! 2AB=I
X=A^{-1}B
    = A^{-1}B
    ! X=BA^{-1} ; BA^{-1}
\frac{GMm}{r^2}
    = \frac{GmM}{r^2} ; GMm r^{-2} ; \frac{mMG}{r^2}
P(A)P(B)
    = P(B)P(A)
\sqrt{LC}
    = \sqrt{CL}
\frac{V}{RC}
    = \frac{V}{CR}
\cos A\cos B
    = \cos B\cos A
\hat{p}(1-\hat{p})
    = (1-\hat p)\hat p
\hat{x}\hat{p}-\hat{p}\hat{x}
    ! 0 ; \hat{p}\hat{x}-\hat{x}\hat{p}
xyx
    = x^2y
2AC
    ! 2CA
(A-I)(A+I)
    = A^2-I
IR
    ! R
\operatorname{tr}(ABC)
    = \operatorname{tr}(BCA)
    ! \operatorname{tr}(ACB) ; \operatorname{tr}(AB)
\mathbf{E}\times\mathbf{B}
    ! \mathbf{B}\times\mathbf{E}
\frac{\vec r}{r}
    ! 1
\hat{\mathbf{r}}
    = \hat r
    ! r
x\bar{x}
    = \bar{x}x
E=\frac{F}{q}
\lambda I - A
    = -A+\lambda I
    ! A-\lambda I
F=ma
    = \vec{F}=m\vec{a} ; F=am
e^{A}
    = e^A
u v^T
    ! v u^T
\mathbb{Z}^2
    = \mathbb{Z}\oplus\mathbb{Z} ; \mathbb{Z}\times\mathbb{Z}
    ! \mathbb{Z}
PV=nRT
    = P=\frac{nRT}{V}
(1,2,3)
    = \hat{i}+2\hat{j}+3\hat{k} ; \vec{i}+2\vec{j}+3\vec{k} ; \mathbf{i}+2\mathbf{j}+3\mathbf{k}
    ! \hat{i}+3\hat{j}+2\hat{k} ; 6
3+4i
    ! (3,4)
S^1\vee S^1
    ! S^1
"""


@pytest.mark.parametrize("gold, right, wrong", tables.read(ALGEBRA))
def test_algebra(gold, right, wrong):
    tables.check(gold, right, wrong)
