"""Equations, names, vectors and progressions: what one side says of the other."""

import pytest
import tables

EQUATIONS = r"""
xy=1
    = y=1/x ; x=\frac1y ; 1=xy ; 2xy=2
    ! 1 ; xy ; y=x ; y=-\frac1x
y=\frac{2x+3}{x-1}
    = xy-y=2x+3 ; y(x-1)=2x+3 ; \frac{2x+3}{x-1}
    ! xy+y=2x+3
y=x
    = x=y ; y-x=0
    ! xy=x^2 ; x(y-x)=0 ; (x-2)(y-x)=0
PV=nRT
    = P=\frac{nRT}{V}
    ! nRT ; P=\frac{RT}{V}
|z|=2
    ! 2 ; z=2
7=11a+c
    = 11a+c=7
    ! 11a+c ; 7
f'(x)=f(x)
    ! f(x) ; f'(x)
ad=bc
    = bc=ad
    ! bc ; ad
x+1
    = y=x+1
    ! 0=x+1 ; x+1=0
x^2+y^2=9
    ! 9 ; x^2+y^2
\det A=1
    ! 1
\frac{a}{b}=2
    = a=2b
    ! 2
AB=CD
    ! CD
AB=5
    = 5
    ! AB
|G|=24
    = 24
\angle ABC=30^\circ
    = 30^\circ ; 30
\frac{dy}{dx}=-\frac{x}{y}
    = -\frac xy
\frac{d^2y}{dx^2}=-4y
    ! -4y
\frac{\partial u}{\partial t}=k\frac{\partial^2u}{\partial x^2}
    ! k\frac{\partial^2u}{\partial x^2}
\int_0^1 f(x)\,dx=1
    ! 1
\sum a_n=1
    ! 1
\sum_{k=1}^n k=\frac{n(n+1)}{2}
    = \frac{n(n+1)}{2}
|z-2i|=3
    = |2i-z|=3
    ! |z+2i|=3
x=y=z=0
    = (0,0,0) ; x=0,y=0,z=0 ; (x,y,z)=(0,0,0) ; 0
    ! (0,0,1)
x^2+y^2=C
    = y^2+x^2=K
    ! y^2-x^2=K
\sin^2x+C
    = -\cos^2x+C
    ! \cos^2x+C ; \sin^2x
\cos C
    ! \cos c
a+b+c
    ! a+b+A ; a+b+k
\frac{\pi}{6}+k\pi, k\in\mathbb{Z}
    = \frac{\pi}{6}+n\pi
2^n, n\ge1
    = 2^m, m\ge1
    ! 2^m
x^2, x>0
    ! y^2
\frac{1}{n}
    ! \frac{1}{m}\quad(m\ge1)
\lceil\frac{n}{2}\rceil
    = \lfloor\frac{n+1}{2}\rfloor ; n-\lfloor n/2\rfloor
    ! \frac{n}{2} ; \lfloor\frac{n}{2}\rfloor
\lceil\frac{x}{2}\rceil
    ! \lfloor\frac{x+1}{2}\rfloor
\frac{ab}{\gcd(a,b)}
    = \operatorname{lcm}(a,b)
    ! \gcd(a,b)
(2n-1)!!
    = \frac{(2n)!}{2^nn!}
    ! (2n)!!
f(x)=3x-2
    = y=3x-2
    ! y=3x+2 ; g(x)=3x
\nabla f=(2x,2y)
    = (2x,2y)
\frac29
    = \mathbb{P}(A\cap B)=\frac29
n^2
    = 1+3+5+\cdots+(2n-1)
    ! 1+3+5+\cdots+(2n+1)
\frac{1-x^{n+1}}{1-x}
    = 1+x+x^2+\cdots+x^n
2-\frac1n
    ! 1+\frac12+\cdots+\frac1n
\mathbb{Z}/12\mathbb{Z}
    = \mathbb{Z}_3\oplus\mathbb{Z}_4
    ! \mathbb{Z}_2\times\mathbb{Z}_6
\mathbb{Z}_{p^2}
    ! \mathbb{Z}_p\times\mathbb{Z}_p ; \mathbb{Z}_p^2
|A_n|=\frac{n!}{2}
    = \frac{n!}{2}
e^{2x}
    = 2.71828182845905^{2x}
    ! 2.7182818^{2x}
\begin{pmatrix}1\\2\end{pmatrix}+t\begin{pmatrix}3\\4\end{pmatrix}
    = (1,2)+t(3,4) ; \begin{pmatrix}1+3s\\2+4s\end{pmatrix}
    ! (1,2)+t(4,3)
(1+t,2-t)
    = (1,2)+t(1,-1)
    ! (1,2)+t(1,1)
v(t)=v_0+at
    = v_0+at ; v=v_0+at
a_{n+1}=2a_n+1
    ! 2a_n+1
T(n)=2T(n/2)+n
    ! 2T(n/2)+n
\lim_{x\to 0}f(x)=3
    = 3
5
    = AB=5 ; |G|=5 ; x=5 ; 5=x ; xy=5 ; x+y=5 ; 2+3=5 ; f(2)=5 ; \sqrt{25}=5
    ! 3=5 ; 2^2=5 ; 2x+1=5 ; 0=x-5 ; \frac{1}{x}=5 ; x^2=5 ; ab=5c
"""


@pytest.mark.parametrize("gold, right, wrong", tables.read(EQUATIONS))
def test_equations(gold, right, wrong):
    tables.check(gold, right, wrong)
