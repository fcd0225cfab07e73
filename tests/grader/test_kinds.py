"""Near misses of every kind of answer: what looks equal and is not, beside what is."""

import pytest
import tables

KINDS = r"""
\|x\|_2
    = \lVert x\rVert_2
    ! \|x\|_1 ; \|x\| ; |x|
SL_2(\mathbb{Z})
    = \operatorname{SL}(2,\mathbb{Z}) ; SL(2, \mathbb{Z}) ; \operatorname{SL}_2(\mathbb{Z})
    ! GL(2,\mathbb{Z}) ; SL(3,\mathbb{Z}) ; SL_2(\mathbb{Q})
\vec{0}
    = \mathbf{0} ; \mathbf 0
    ! \vec{v} ; 1
\frac{x^3}{3}+C
    = \frac{x^3}{3}+\text{constant} ; x^3/3 + const
    ! \frac{x^3}{3} ; x^3+\text{constant}
\{0,1,2,\ldots\}
    = \{0,1,2,3,\ldots\} ; \{0,1,2,3,4,\ldots\}
    ! \{0,2,4,6,\ldots\} ; \{1,2,3,4,\ldots\} ; \{0,1,2,4,\ldots\}
\emptyset
    = Ø ; \text{No solutions exist} ; EmptySet
\mathbb{C}^*
    = \mathbb{C}^\times ; \mathbb{C}^{\times}
    ! \mathbb{C}
\mathbb{Z}^+
    = \mathbb{Z}_{>0}
    ! \mathbb{Z}_{\ge0} ; \mathbb{Z}
S^2
    = \mathbb{S}^2
    ! \mathbb{S}^1 ; \mathbb{D}^2
\mathbb{Z}
    = \text{the integers} ; \text{all integers}
    ! \text{natural numbers} ; \text{positive integers}
-\infty
    = \text{negative infinity}
    ! \text{infinity}
\text{pole of order 2}
    = \text{a pole of order 2}
    ! \text{pole of order 3} ; \text{a pole}
BD
    = B, D ; B and D ; (B), (D) ; D, B
    ! B, C ; B ; B, C, D
(A, B)
    ! (B, A)
\{x: x>2\}
    = \{y: y>2\} ; \{t \mid t > 2\}
    ! \{y: x>2\} ; \{y: y<2\}
AB
    = A B ; A\cdot B
    ! A ; B ; AB^T ; A+B ; (BA) ; ABA
A^2B
    = A(AB)
    ! AB^2
(A+B)^2
    ! A^2+2BA+B^2 ; A^2+B^2
(A+B)(A-B)
    = A^2-AB+BA-B^2
    ! A^2-B^2
A^{-1}B
    ! BA^{-1} ; \frac{B}{A} ; B/A
ABC
    ! CBA ; ACB ; BAC
AC
    ! CA
A^TB+B^TA
    = B^TA+A^TB
    ! 2A^TB ; 2B^TA
\mathbf{A}\mathbf{B}
    = AB
    ! \mathbf{B}\mathbf{A}
ABA^{-1}B^{-1}
    ! I ; 1
xyx^{-1}
    ! y
gh
    = gh
AB=5
    = AB = 5
    ! BA
AB=CD
    = CD=AB
    ! AB ; BA=CD
p\land q\lor r
    ! p\land r\lor q ; p\land(q\lor r) ; p ; q,r
(p\land q)\lor r
    ! p\land(q\lor r)
p\to q
    = p\to q
    ! q\to p ; p\land q ; p\lor q
\neg p
    ! p
p\land\neg q
    ! p\land q ; \neg p\land q
p\oplus q
    = q\oplus p
    ! p\lor q ; p\land q
p\iff q
    = p \iff q
    ! p\implies q ; p\land q
x=5
    = 5 ; x = 5.0 ; 5=x
    ! 2x=10 ; x-5=0 ; x+1=6 ; x^2=25 ; y=5 ; x=-5 ; x>5 ; x\ge5 ; x\ne5
x=y
    = y=x ; x-y=0
    ! y ; x ; 0 ; x=-y
u_x=v_y
    = v_y=u_x
    ! v_y ; u_x ; u_y=v_x
u_x=v_y, u_y=-v_x
    ! v_y, -v_x
y=x
    ! x ; y
a=b
    ! a ; b ; 1
a=b=c
    ! c ; a=b
x+y=3
    = y=3-x ; y+x=3 ; 2x+2y=6
    ! 3 ; x+y ; x=3 ; x+y=4
x^2+y^2=1
    ! 1 ; x^2+y^2 ; x+y=1
f(x+y)=f(x)+f(y)
    ! f(x)+f(y) ; f(x)
\frac{dy}{dx}=y
    ! y'
y'=y
    ! y
y''+y=0
    ! 0 ; y'' ; y''+y ; y''=y
e^{i\pi}+1=0
    ! 0 ; e^{i\pi}+1
2x-y=0
    ! 0 ; 2x-y ; y ; 2x+y=0
z\bar z=|z|^2
    ! |z|^2 ; z\bar z
z\bar z=1
    ! 1
\cos\theta=\frac12
    ! \frac12
\sin A=\frac{3}{5}
    ! \frac35 ; \frac45
\log x=2
    ! 2 ; 100
\sqrt{x}=3
    ! 3 ; 9
x^2=4
    ! 2 ; x^2
2^x=8
    ! 8
\frac1x=5
    ! 5
x_1x_2=6
    ! 6
x_1+x_2=5
    ! 5
a\cdot b=0
    ! 0
C
    ! c ; D ; c_1 ; C+1
c
    ! C ; d
x
    ! X ; y ; -x ; |x|
X
    ! x
\pi
    ! \Pi ; p
a+B
    ! A+b ; a+b ; A+B
n
    ! N ; m
7
    = 7 ; 7.0 ; 07 ; +7
    ! \text{about } 7 ; about 7 ; \approx 7 ; \text{approximately } 7 ; 7\text{ or so} ; at least 7
    ! \text{at most }7 ; \text{more than }7 ; <7 ; \text{not }7 ; 7? ; -7 ; 7i ; 7! ; 7^2 ; 7\%7 ; 7.1 ; 6.9999
    ! \sim 7 ; nearly 7 ; roughly 7
2
    = 2.0 ; 2, 2.0
    ! 2, 3 ; 2, -2 ; \{2,3\} ; (2,2) ; 2,2,2.5 ; 2\text{ or }3 ; \pm2 ; 2 and 3
0
    = 0.0 ; -0
    ! 0=0 ; 1=1 ; x=x ; 0=1 ; \emptyset ; O ; \text{none}
1
    ! 1=1 ; I ; 0=0 ; i ; l ; 100\% wrong ; \frac{0}{0} ; 1=2
5
    ! 5=6 ; 5\ne5 ; 5<6 ; 5>4 ; x>5 ; 5=y=6 ; x=5, y=6 ; x=5=6
12 cm^2
    = 12\text{ cm}^2 ; 12 ; 12\ \mathrm{cm^2} ; 12\text{ sq cm}
    ! 12 cm^3 ; 12 cm ; 12 m^2 ; 12\text{ cubic centimeters} ; 12 mm^2 ; 1200 mm^2 ; 12\text{ square meters}
    ! 12\text{ inches}
5 m/s
    = 5\text{ m/s} ; 5\,\mathrm{m\,s^{-1}}
    ! 5 m/s^2 ; 5\text{ km/s} ; 5 m ; 5 s ; 5\text{ m/h} ; 5\text{ m}\cdot\text{s} ; 5\text{ km/h} ; 5\text{ mph}
    ! 5 s/m ; 5\text{ J}
$5
    = 5 ; \$5 ; 5\text{ dollars} ; \$5.00 ; 5 USD
    ! 5 euros ; 5\text{ €} ; €5 ; 5\text{ cents} ; 5\text{ pounds} ; £5 ; 5\text{ yen} ; 5 million
    ! \$5\text{ million}
45^\circ
    = \frac\pi4 ; \pi/4
    ! 45\text{ radians} ; 45\%
3
    ! 3 quarters ; 3\text{ thirds} ; 3\text{ tenths} ; 3\text{ hundredths} ; 3\text{ dozen} ; 3\text{ pairs}
    ! 3\text{ in binary} ; 3 \text{ in octal}
    ! 3\text{ with remainder }2 ; 3 with remainder 2 ; 3 \text{ remainder } 1 ; 3 with a remainder of 1
    ! 3\text{ factorial} ; 3 million ; 3\text{ million} ; 3 thousand ; 3\text{ hundred} ; 3\text{ billion}
    ! 3\text{ halves} ; 3\text{ squared} ; 3\text{ cubed} ; 3\text{ percent less} ; 3\text{ times} x
    ! 3\text{ inverse} ; three quarters ; 3k ; 3e5 ; 3\text{ percent of } 5 ; 3\text{ million dollars}
    ! 3\text{ fifths} ; 3\text{ twentieths} ; 3\text{ trillion}
\frac34
    = 3\text{ quarters} ; 0.75 ; 75\%
    ! 3 ; 4/3 ; 3,4 ; 3\text{ fourths of }2
12:00
    = 12:00 ; 12:00\text{ PM}
    ! 0:00 ; 12:01 ; 24:00
1:00
    ! 12:00 ; 1 ; 13:00:30 ; 1:01 ; 10:00
3:30 pm
    = 3:30 ; 15:30 ; 3:30\text{ PM}
    ! 3:30 am ; 3.5 ; 4:30 ; 7:60
2:3
    = 4:6 ; \frac23
    ! 3:2 ; 2,3 ; 2:4 ; (2,3)
671.02
    = 671.02 ; 671.020
    ! 670 ; 671.01
17.001
    ! 17.002 ; 17.01
3.1416
    = 3.14159 ; \pi
    ! 3.14 ; 3.142 ; 3.1417 ; 22/7
0.333
    = 1/3 ; 0.3333
    ! 0.33 ; 0.3 ; 0.334
1.5
    = 3/2 ; 1.50
    ! 1.6 ; 2 ; 1,5,6
PDP^{-1}
    ! PD^{-1}P ; PDP^T ; PDP
XY-YX
    ! XY
\vec a\times\vec b
    = -(\vec b\times\vec a) ; \vec{a} \times \vec{b}
    ! \vec b\times\vec a ; \vec a\cdot\vec b ; \vec a\vec b ; |\vec a||\vec b| ; 0 ; ab ; b\times a
\vec a\cdot\vec b
    = \vec b\cdot\vec a
    ! |\vec a||\vec b| ; \vec a\times\vec b ; 0
\nabla\times F
    ! \nabla^2F
\nabla\cdot\vec E
    = \nabla\cdot \mathbf{E}
    ! \nabla\times\vec E ; \nabla E
\text{curl } F
    ! \text{div } F
\frac{\partial f}{\partial x}
    ! \frac{\partial f}{\partial y} ; \frac{f}{x} ; \frac{df}{dy}
\frac{dy}{dx}
    ! \frac{dx}{dy} ; \frac yx
f\circ g
    ! f(g) + 1 ; f+g
f(g(x))
    ! g(f(x)) ; f(x)g(x)
f^{-1}
    ! f
f'(x)
    ! f(x) ; f''(x) ; f'(y)
f(2)
    ! 2f ; f(3) ; f
S^1\times S^1
    ! S^1+S^1
\mathbb{Z}_2\times\mathbb{Z}_3
    = \mathbb{Z}_3\times\mathbb{Z}_2
    ! \mathbb{Z}_2 ; \mathbb{Z}_5 ; \mathbb{Z}_2\times\mathbb{Z}_2
\mathbb{Z}/2\mathbb{Z}
    = \mathbb{Z}_2
    ! \mathbb{Z}/3\mathbb{Z} ; 2\mathbb{Z} ; \mathbb{Z}
\mathbb{R}^2
    ! \mathbb{R} ; \mathbb{C}^2 ; \mathbb R^3
\mathbb{R}
    ! \mathbb{R}^+ ; \mathbb{R}\setminus\{0\} ; \mathbb Z ; R
A\cup B
    = B\cup A
    ! A\cap B ; A+B ; AB ; A\setminus B
A\setminus B
    ! B\setminus A
A\times B
    ! B\times A ; A\cup B
A^c
    ! A
\overline{A}
    ! A
\{1,2\}
    = \{2,1\}
    ! (1,2) ; [1,2] ; \{1,2,3\} ; \{1\} ; 1 ; 3
(1,2)
    ! (2,1) ; [1,2] ; \{1,2\} ; (1,2] ; 1 ; (1,2,0) ; 1.2
[1,2]
    ! (1,2) ; [1,2) ; [1,3] ; 1\le x<2 ; [2,1]
(1,2]
    = 1<x\le2
    ! (1,2) ; [1,2] ; [1,2) ; 1<x<2
(-\infty,3)
    = x<3
    ! x\le 3 ; x>3 ; (-\infty,3] ; (3,\infty)
x>2
    = (2,\infty) ; 2<x
    ! x\ge2 ; x<2 ; x=2 ; 2 ; x>3 ; y>2 ; x>-2
\begin{pmatrix}1&2\\3&4\end{pmatrix}
    ! \begin{vmatrix}1&2\\3&4\end{vmatrix} ; -2 ; \begin{pmatrix}1&2\\3&5\end{pmatrix} ; (1,2,3,4)
\begin{vmatrix}1&2\\3&4\end{vmatrix}
    = -2
    ! 2 ; \begin{pmatrix}1&2\\3&4\end{pmatrix}
\begin{pmatrix}1\\2\end{pmatrix}
    = (1,2)
    ! \begin{pmatrix}2\\1\end{pmatrix}
e^{\sin x}
    = e^{(\sin x)}
    ! e^x
x^{\ln x}
    ! \ln x^x
2^{n-1}
    ! 2^{n+1} ; 2(n-1)
x^{1/2}
    = x^(1/2) ; \sqrt x
    ! x^1/2 ; x/2 ; \frac{x}{2}
a_{n+1}
    ! a_n
e^{2x}
    ! e^{x^2} ; e^{-2x}
B
    = B) y=6
    ! C) y=6 ; A ; D ; \text{not B} ; A and B ; \text{B or C} ; 2
7
    = (b) 7
    ! \textbf{(B)}\ 8 ; (b) 8 ; (7) 8
3
    = The rank of the matrix is 3. ; x=3\text{ is the unique solution}
    ! The rank of the matrix is not 3. ; The rank of the matrix is 3+1. ; 3 \text{ is wrong}
    ! x=3\text{ is not a solution} ; \text{There are at least 3} ; \text{less than 3} ; \text{The answer is not 3}
    ! \text{The answer is 3 or 4} ; \text{3 is excluded} ; \text{3 does not exist} ; \text{neither 3 nor 4}
    ! \text{every number except 3} ; \text{mod 3} ; \text{base 3} ; 10\pmod7 ; \text{between 3 and 4}
    ! \text{If } x=3 ; \text{no, 3} ; \text{3 is too small} ; \text{the answer would be 3 if n=1}
    ! \text{it cannot be 3} ; \text{3 is an upper bound} ; \text{the answer is larger than 3}
    ! \text{the negative of 3} ; \text{the square root of 3} ; \text{the square of 3} ; \text{the reciprocal of 3}
    ! \text{3 fewer than 5} ; \text{3 more than } n ; \text{at least 3} ; \text{3 or more} ; \text{up to 3}
    ! \text{3 plus 4} ; \text{multiple of 3} ; \text{a multiple of 3} ; \text{divisible by 3} ; \text{cube root of 3}
    ! \text{log of 3}
n\pi\ (n\in\mathbb Z)
    = k\pi, k\in\mathbb{Z} ; \pi n
    ! n\pi\ (n\in\mathbb N) ; 2n\pi ; \frac{n\pi}{2} ; n\pi, n>0 ; n\pi+1
2^n\quad(n\ge1)
    = 2^n
    ! 2^n\quad(n\ge 2) ; 2^n (n\le 1) ; 3^n (n\ge1)
2^{10}\equiv 1\pmod{11}
    ! 10 ; 2
5
    = 2^{4}\equiv5\pmod{11} ; \sin T = \cos R = 5
    ! 2^{4}\equiv16\pmod{11} ; \sin T=5=\cos R+1 ; 5\equiv 16\pmod{11}
\frac{\sqrt{21}}{5}
    = \sin T = \cos R = \frac{\sqrt{21}}5
    ! \sin T=\frac{\sqrt{21}}{6}
\frac12
    = \frac12 \text{ or } 0.5 ; 50\%
    ! \frac12, \frac12 ; 0.5, 0.6 ; \frac12\text{ or }2
\frac{\sqrt2\pi}4 or \frac\pi{2\sqrt2}
    = \frac{\pi}{2\sqrt2} ; \frac{\sqrt2\pi}{4}
    ! \frac{\pi}{2} ; \frac{\sqrt2}{4}
i+2j+3k
    = (1,2,3) ; \langle 1,2,3\rangle ; \mathbf{i}+2\mathbf{j}+3\mathbf{k}
    ! (1,3,2) ; i+2j ; 6 ; (1,2) ; i+2j-3k
A^T
    = A^\top
    ! A ; A^{-1} ; A^t+1 ; A^2
\bar z
    ! -z
1,2,\ldots,n
    ! 1,2,\ldots,n+1
\mathbb Z^2
    = \mathbb Z\oplus\mathbb Z
    ! \mathbb Z ; \mathbb Z^3 ; \mathbb Z\oplus\mathbb Z_2
y=C_1e^x+C_2e^{-x}
    = C_2e^x+C_1e^{-x}
    ! y=C_1e^x+C_1e^{-x} ; y=C_1e^{2x}+C_2e^{-x} ; e^x+e^{-x}
x^2+C
    = C+x^2
    ! x^2+1 ; x^2-y ; Cx^2 ; x^2+x ; x^3+C
\ln|x|+C
    ! \ln x^2+C
Yes
    = \text{Yes, this is true} ; yes ; \text{Yes, because } 2>1
    ! \text{No, this is not true} ; \text{Yes and no} ; \text{maybe} ; \text{Yes, but not always true} ; false
No
    = \text{No, this is not true} ; False
    ! \text{Yes, it is not true} ; \text{None}
\text{The series converges}
    = \text{converges} ; \text{convergent}
    ! \text{diverges} ; \text{The series diverges} ; \text{does not converge} ; \text{converges conditionally}
\{x : |x|<2\}
    = (-2,2) ; |x|<2
    ! [-2,2] ; \{x : |x|\le 2\} ; |x|>2 ; x<2
\sum_{n=1}^\infty \frac1{n^2}
    = \frac{\pi^2}{6}
    ! \frac{\pi^2}{8} ; 1.64 ; 1.6449 ; \sum_{n=1}^\infty \frac1{n^3} ; \sum_{n=0}^\infty\frac{1}{n^2}
\int_0^1 x\,dx
    = \frac12
    ! 1 ; \frac13
\prod_{k=1}^n k
    = n!
    ! (n+1)! ; n^n
\lim_{n\to\infty}(1+1/n)^n
    = e
    ! 1 ; 2.718
\int_0^\infty e^{-x^2}dx
    = \frac{\sqrt\pi}{2}
    ! \sqrt\pi ; 0.886
300 km/s
    = 300 \mathrm{~km} / \mathrm{s} ; \mathrm{300\,km\,s^{-1}} ; 300
    ! 300 m/s ; 300\,\mathrm{km\,s} ; 300\,\mathrm{km/s^2}
9.6 \text{ Å}
    = 9.6 ; 9.6\ \text{\AA}
    ! 9.6\text{ nm} ; 9.6\text{ m}
52_8
    ! 42_{10} ; 25_8
101_2
    = 101
    ! 5 ; 101_3 ; 110_2
10!
    = 3628800
    ! 10 ; 9!
\binom{5}{2}
    = 10
    ! \binom{2}{5} ; 5/2 ; \frac52 ; 20
|x|
    ! -x ; x^2
\lfloor x\rfloor
    ! \lceil x\rceil ; x ; |x|
\sqrt{x^2}
    = |x|
    ! x
\ln x^2
    = 2\ln|x| ; 2\ln x
    ! (\ln x)^2 ; \ln 2x
\sin^2x
    = (\sin x)^2 ; 1-\cos^2x
    ! \sin x^2 ; \sin 2x ; 2\sin x
\sin^{-1}x
    = \arcsin x
    ! \frac{1}{\sin x} ; \csc x
\log_2 8
    = 3
    ! \log 8 ; \log_8 2
i
    = \sqrt{-1}
    ! -i ; 1 ; j
10^{100}
    ! 10^{101} ; 10^{99} ; 10^{100}+1
\infty
    ! -\infty ; 0 ; \pm\infty
\pm 2
    = 2,-2 ; \{-2,2\} ; x=\pm2
    ! 2 ; -2 ; 2,2
1,2
    = 2,1 ; 1 and 2 ; x=1\text{ or }x=2 ; \{1,2\}
    ! 1 ; 2 ; 1,2,3 ; 12 ; 1.2 ; 1,1,2,3
x=1,y=2
    = (1,2) ; y=2,x=1 ; x=1\text{ and }y=2
    ! x=2,y=1 ; (2,1) ; x=1 ; x=1,y=3 ; 2,1
2x+3
    = 3+2x ; y=2x+3 ; f(x)=2x+3
    ! 2x-3 ; 2x+3=0 ; 2y+3 ; 0=2x+3 ; 3x+2
f(x)=x^2
    = x^2
    ! f(x)=x^3 ; g(x)=x^2+1 ; x ; f(x)=y^2
1,234
    = 1234
    ! 1.234 ; 1,23 ; 12,34 ; 1, 235
f^{-1}(x)=\frac{x-1}{2}
    = \frac{x-1}{2} ; f^{-1}(x)=\frac{x}{2}-\frac12
    ! f(x)=\frac{x-1}{2} ; \frac{1}{f(x)} ; f^{-1}(x) ; \frac{x+1}{2}
k=n
    = n
    ! k
5=x
    = 5 ; x=5
    ! x=-5
\mathbb{Z}_2\oplus\mathbb{Z}_2
    = \mathbb{Z}_2^2 ; \mathbb{Z}/2\mathbb{Z}\times\mathbb{Z}/2\mathbb{Z} ; (\mathbb{Z}/2\mathbb{Z})^2
    ! \mathbb{Z}_4 ; \mathbb{Z}_2 ; \mathbb{Z}_2\oplus\mathbb{Z}_3 ; \mathbb{Z}_2*\mathbb{Z}_2
    ! \mathbb{Z}_2\rtimes\mathbb{Z}_2
\mathbb{Z}/6\mathbb{Z}
    ! 6\mathbb{Z} ; \mathbb{Z}/3\mathbb{Z} ; \mathbb{Z}/12\mathbb{Z}
S_3
    ! S^3 ; s_3
\mathbb{F}_4
    ! \mathbb{F}_2 ; \mathbb{F}_2^2 ; \mathbb{Z}_4
\mathbb{Q}(\sqrt2)
    = \mathbb Q(\sqrt{2})
    ! \mathbb{Q} ; \mathbb{R} ; \mathbb Q\sqrt2
\mathbb{R}^n
    ! \mathbb{R}^m ; \mathbb{C}^n ; \mathbb{R}n ; \mathbb R
GL_n(\mathbb{R})
    = GL_n(\mathbb R)
    ! SL_n(\mathbb{R}) ; GL_n(\mathbb{C}) ; GL_m(\mathbb{R})
\mathbb{C}\setminus\{0\}
    = \mathbb{C}-\{0\}
    ! \mathbb{C} ; \mathbb{R}\setminus\{0\} ; \mathbb{C}\setminus\{1\}
\mathbb{N}
    ! \mathbb{Z} ; \mathbb{Z}^+\cup\{0\} - 1 ; N ; \mathbb R
\aleph_0
    ! \aleph_1 ; 0 ; \infty ; \aleph
2^{\aleph_0}
    ! \aleph_0 ; 2^{\aleph_1} ; \aleph_0^2
\mathbb{R}P^2
    ! \mathbb{R}^2 ; \mathbb{C}P^2
T^2
    ! T ; 2T ; T^3
\bar{z}
    = \overline{z} ; \bar z ; \overline z
    ! z ; \hat z ; \tilde z ; |z| ; z^* + 1
\hat{x}
    = \hat x ; \widehat{x}
    ! x ; \bar x ; \hat y
\tilde{f}
    ! f ; \hat f ; \bar f
\dot{x}
    ! x ; \ddot x ; \dot y
\partial D
    ! D ; \partial E ; \partial
f'
    ! f ; f''
x^*
    ! x ; x^2 ; x'
x'
    ! x ; x''
A^\perp
    ! A
\neg p
    = \lnot p ; \neg{p}
    ! p ; \neg q
O(n^2)
    = \mathcal{O}(n^2) ; O(n^{2})
    ! n^2 ; \Theta(n^2) ; o(n^2) ; O(n^3) ; \Omega(n^2) ; O(2n)
\Theta(n\log n)
    = \Theta(n \log n)
    ! \Theta(n) ; O(n\log n) ; n\log n ; \Theta(n\log^2 n)
1+x+O(x^2)
    ! 1+x ; 1+x+O(x) ; 1-x+O(x^2) ; 1+x+x^2
p\implies q
    = p\Rightarrow q
    ! q\implies p ; p\iff q ; p\land q ; \neg p\implies\neg q ; p \to \neg q
p\lor q
    = q\lor p
    ! p\oplus q ; p\lor r ; p+q ; pq ; (p,q)
\neg(p\land q)
    ! p\land q ; \neg p\land q ; \neg p\land\neg q ; \neg(p\lor q)
\forall x\, P(x)
    ! \exists x\, P(x) ; P(x)
x\in A\cup B
    ! x\in A\cap B ; A
A\subseteq B
    ! B\subseteq A ; A ; B ; A=B ; A\supseteq B
A\cap B=\emptyset
    ! A\cup B=\emptyset ; A\cap B
P(A\mid B)
    ! P(B\mid A) ; P(A) ; P(A\cap B)
P(X>2)
    ! P(X<2) ; P(X\ge2) ; P(X>3)
E[X]
    = E[X]
    ! E[Y] ; X ; E[X^2]
\|x\|
    ! x ; |y| ; \|x\|^2
\|x\|_2
    ! \|x\|_1 ; \|x\|
\langle u,v\rangle
    ! \langle u,w\rangle ; \{u,v\}
[A,B]
    ! [B,A] ; (A,B) ; AB
\lfloor n/2\rfloor
    = \left\lfloor\frac n2\right\rfloor ; floor(n/2)
    ! \lceil n/2\rceil ; n/2 ; [n/2]+1 ; \lfloor n/3\rfloor
\lceil\log_2 n\rceil
    ! \log_2 n ; \lfloor\log_2 n\rfloor ; \lceil\ln n\rceil
n\bmod 2
    ! n ; n\bmod 3 ; 2
\gcd(m,n)
    = \gcd(n,m)
    ! \operatorname{lcm}(m,n) ; mn ; \gcd(m,k)
(-1)^n
    = (-1)^{-n} ; \cos(n\pi)
    ! -1^n ; (-1)^{n+1} ; 1 ; -1
n!
    ! n ; n!! ; (n-1)! ; \Gamma(n)
\Gamma(n+1)
    = n!
    ! (n+1)! ; \Gamma(n)
\binom{n}{k}
    = \frac{n!}{k!(n-k)!} ; \binom{n}{n-k}
    ! \binom{k}{n} ; \frac nk ; \binom{n+1}{k} ; \binom{n}{k+1}
F_n
    ! F_{n+1} ; f_n ; F ; F_m
a_n=2^n
    = 2^n ; a_k=2^k
    ! a_{n+1}=2^n ; a_n=2^{n+1} ; b_n+1 ; n^2
a_{n+1}=a_n+2
    ! a_n+2 ; a_{n+1}=a_n+3 ; 2 ; a_n
f'(x)=2x
    = 2x
    ! f(x)=2x ; f(x)=x^2 ; f''(x)=2x ; x
f(x)=2x
    = 2x ; f(t)=2t
    ! f'(x)=2x ; f(x+1)=2x ; f(2x)=x ; f(x)=2 ; f(0)=2
y=2x
    = 2x
    ! y'=2x ; x=2y ; y=-2x ; 2 ; y=2x+1 ; y>2x
\begin{cases}x&x>0\\-x&x\le0\end{cases}
    = |x| ; \begin{cases}-x&x\le0\\x&x>0\end{cases}
    ! x ; -x ; \begin{cases}-x&x>0\\x&x\le0\end{cases}
\begin{cases}x+y=3\\x-y=1\end{cases}
    ! (2,1) ; \begin{cases}x+y=3\\x-y=2\end{cases} ; x+y=3
\begin{cases}x=1\\y=2\end{cases}
    = x=1,y=2
    ! x=1
\begin{pmatrix}1&0\\0&1\end{pmatrix}
    = \begin{bmatrix}1&0\\0&1\end{bmatrix}
    ! \begin{pmatrix}1&0\\0&-1\end{pmatrix} ; \begin{pmatrix}1\\1\end{pmatrix} ; \begin{pmatrix}0&1\\1&0\end{pmatrix}
\begin{pmatrix}1&2\end{pmatrix}
    ! \begin{pmatrix}2&1\end{pmatrix} ; \begin{pmatrix}1&2&0\end{pmatrix} ; 12
2\mathbf{i}-\mathbf{k}
    = (2,0,-1)
    ! (2,-1,0) ; (2,-1) ; 2\mathbf{i}+\mathbf{k} ; 2\mathbf i-\mathbf j
\ln|x|+C
    = \ln|x|+K
    ! -\ln|x|+C ; \ln|y|+C
y=Ce^{2x}
    = Ce^{2x} ; y=Ae^{2x} ; y = C e^{2 x}
    ! y=e^{2x} ; y=Ce^x ; y=Ce^{-2x} ; y=C+e^{2x} ; y=Ce^{2x}+1
y=C_1\cos x+C_2\sin x
    = y=C_1\sin x+C_2\cos x ; A\cos x+B\sin x ; c_1\cos x+c_2\sin x
    ! y=C_1\cos x ; y=\cos x+\sin x
y=\tan(x+C)
    = y=\tan(C+x)
    ! y=\tan x ; y=\tan x+C
x^2+y^2=C
    ! x^2+y^2 ; C ; x^2-y^2=C ; x^2+y^2=1
\infty
    = +\infty
    ! -\infty ; \pm\infty ; \text{DNE} ; 0 ; \text{undefined} ; 10^{100}
\text{does not exist}
    = \text{DNE} ; Does not exist
    ! \infty ; \text{does exist}
\text{undefined}
    ! \text{defined} ; 0
\text{no solution}
    = \emptyset ; No solutions ; \text{No real solutions}
    ! 0 ; \text{one solution} ; \text{infinitely many solutions} ; \text{no} ; 1
\text{infinitely many}
    = \infty
    ! \text{finitely many} ; \text{none} ; 0
\text{increasing}
    ! \text{decreasing} ; \text{not increasing} ; \text{nondecreasing} ; \text{strictly decreasing}
\text{even}
    ! \text{odd} ; \text{neither} ; \text{not even}
\text{converges absolutely}
    ! \text{converges conditionally} ; \text{converges} ; \text{diverges}
\text{ellipse}
    ! \text{hyperbola} ; \text{circle}
\text{local minimum}
    ! \text{local maximum} ; \text{minimum at} 3 ; \text{saddle point}
\text{Monday}
    ! \text{Tuesday} ; \text{not Monday} ; Mon
\text{red}
    ! \text{blue} ; \text{red and blue} ; \text{not red}
x\equiv3\pmod7
    = x\equiv10\pmod7 ; 3\pmod7 ; x\equiv-4\pmod7
    ! x\equiv3\pmod5 ; x\equiv4\pmod7 ; 3 ; x=3 ; x\not\equiv3\pmod7
5
    = 2^4\equiv5\pmod{11} ; x\equiv5\pmod{11} ; 5\pmod{11} ; 5\bmod 11
    ! 6\pmod{11} ; x\equiv6\pmod{11} ; 16\pmod{11} ; -6\pmod{11} ; 5x\pmod{11}
x=\frac{\pi}{4}+k\pi, k\in\mathbb Z
    = \frac\pi4+n\pi ; \frac{\pi}{4}+k\pi ; x=\frac{\pi}{4}+n\pi\ (n\in\mathbb{Z})
    ! \frac\pi4 ; \frac\pi4+2k\pi ; -\frac\pi4+k\pi ; \frac{\pi}{4}+k
x=2k\pi
    = 2k\pi
    ! k\pi ; 4k\pi ; 2\pi ; 2k
2k+1
    = 2n+1 , n\in\mathbb Z
    ! 2k ; 2k+2 ; k+1
(0,1)\cup(2,3)
    = 0<x<1\text{ or }2<x<3 ; (2,3)\cup(0,1)
    ! (0,3) ; (0,1) ; [0,1]\cup[2,3] ; (0,1)\cap(2,3) ; (0,1),(2,3)
[0,\infty)
    = \{x\mid x\ge0\} ; x=0\text{ or }x>0
    ! (0,\infty) ; x>0 ; [0,1) ; \mathbb R ; x\le0 ; x=0\text{ or }x>1
|x-1|<2
    = (-1,3) ; -1<x<3
    ! |x-1|>2 ; |x+1|<2 ; [-1,3] ; |x-1|\le2
a<b<c
    = c>b>a
    ! a<c<b ; c<b<a ; a<b ; a\le b\le c ; b<a<c
a\ge b
    = b\le a
    ! a>b ; a\le b ; b\ge a
x\ne0
    = x\neq 0 ; \mathbb{R}\setminus\{0\}
    ! x=0 ; 0 ; x>0 ; \mathbb{R}
\{1,2,3,\ldots\}
    = \{1,2,3,\dots\}
    ! \{1,2,3\} ; \{1,2,4,\ldots\} ; \{0,1,2,\ldots\}
\{(1,2),(3,4)\}
    = (1,2),(3,4) ; (3,4),(1,2)
    ! (1,3),(2,4) ; (1,2) ; (2,1),(4,3) ; 1,2,3,4 ; \{1,2,3,4\}
3+4i
    = 4i+3
    ! 3-4i ; 7i ; 5 ; 4+3i ; 3+4j+k
\sqrt{-4}
    = 2i
    ! 2 ; -2 ; \pm2i ; -2i
e^{i\pi}
    = -1
    ! 1 ; i ; e^\pi
\log_{10}x
    = \lg x ; \frac{\ln x}{\ln 10}
    ! \ln x ; \log_2x ; \log_x 10 ; 10^x
\arctan x
    = \tan^{-1}x ; \operatorname{atan}(x)
    ! \frac{1}{\tan x} ; \cot x ; \tan x
-x^2
    = -(x^2)
    ! (-x)^2 ; x^2 ; -2x
2^{3^2}
    = 512
    ! 64 ; 2^6
\frac{a}{b}c
    = \frac{ac}{b}
    ! \frac{a}{bc}
a/bc
    = \frac{a}{b}c
1/2x
    = \frac{x}{2}
x^{2/3}
    = \sqrt[3]{x^2} ; \sqrt[3]{x}^2
    ! x^{3/2} ; \frac{x^2}{3} ; \sqrt{x^3}
\frac{1}{3}
    = 0.333\ldots ; 2/6
    ! 33\% ; 0.3333333 ; 3
3:4
    = 3/4 ; \frac34
    ! 3,4 ; 7 ; 3:4:5
1:2:3
    = 2:4:6
    ! 1:3:2 ; 1:2 ; 3:2:1 ; 1:2:4
25\%
    = 0.25 ; 25 ; \frac14 ; 25 percent
    ! 0.0025 ; 2.5 ; 75\% ; 2500 ; 25x
0.25
    = 25\% ; 1/4
    ! 25 ; 2.5 ; 0.2 ; 0.3
3 hours
    = 3 ; 3\text{ hr} ; 3\text{ h}
    ! 3 minutes ; 3\text{ min} ; 3\text{ days} ; 180 ; 30 hours
3\text{ hours }20\text{ minutes}
    ! 3\text{ hours }30\text{ minutes} ; 3 ; 20\text{ hours }3\text{ minutes}
5\text{ ft }3\text{ in}
    ! 5\text{ ft} ; 8 ; 53 ; 3\text{ ft }5\text{ in}
100\text{ N}
    = 100 ; 100\text{ newtons}
    ! 100\text{ J} ; 100\text{ kN} ; 100\text{ Pa} ; 100\text{ W} ; 10\text{ N}
20^\circ\text{C}
    = 20^{\circ}C ; 20 ; 20\text{ degrees Celsius}
    ! 20^\circ\text{F} ; 20\text{ K} ; -20^\circ\text{C}
6.02\times10^{23}
    = 6.02e23 ; 6.02 \cdot 10^{23}
    ! 6.02\times10^{22} ; 6.02 ; 6.02\times10^{-23} ; 6\times10^{23}
1.5\times10^{-3}
    = 0.0015
    ! 1.5\times10^3 ; 0.015 ; 1.5
11
    ! 1 ; 111 ; 711 ; 1,1 ; 1 1 ; 11x ; 1\cdot1 ; 1.1
y=mx+b
    = mx+b
    ! mx-b ; y=mx ; y=bx+m
2\pi r
    = 2r\pi ; 2 \pi r
    ! 2\pi ; \pi r^2 ; 2r ; 2p r
x=1
    = 1
    ! x\ne1 ; x<1 ; x=1,2 ; x^1 ; y=1
x=1,x=2
    = 1,2 ; x=1\text{ or }2 ; x\in\{1,2\}
    ! x=1 ; x=1,y=2 ; x=-1,x=-2 ; x=12
m=2,n=3
    = (2,3) ; n=3,m=2
    ! m=3,n=2 ; m+n=5 ; 5 ; (3,2) ; m=2
(a,b)=(1,2)
    = (1,2) ; a=1,b=2
    ! (2,1) ; a=2,b=1 ; 3
\triangle ABC
    ! \triangle ABD ; ABC ; \angle ABC
\angle A=30^\circ
    = 30^\circ ; 30
    ! \angle B+30^\circ ; 60^\circ ; \frac{\pi}{3}
\vec{AB}
    = \overrightarrow{AB}
    ! \overline{AC} ; \vec{BA} ; AC
|\vec v|=5
    = 5
\hat\imath
    ! \hat\jmath
\sqrt[3]{8}
    = 2
    ! \sqrt{8} ; 3\sqrt8 ; \sqrt[4]{8}
4\sqrt2
    = \sqrt{32} ; 4\sqrt{2}
    ! 4 ; \sqrt[4]{2} ; 2\sqrt4 ; 42
e^{xy}
    = e^{yx} ; (e^x)^y
    ! e^xe^y ; e^{x+y} ; xye
\sinh x
    = \frac{e^x-e^{-x}}{2}
    ! \cosh x ; \sin x
|z-1|=2
    = |1-z|=2
    ! |z+1|=2 ; 2 ; |z-1|=3 ; |z-1|<2 ; z=3
\{1,2,3,4,5\}
    ! \{1,2,5\}
\begin{pmatrix}1&0\\0&2\end{pmatrix}
    = \operatorname{diag}(1,2)
    ! I_2
10
    = C_5^3
(5,2),(7,2)
    = p=5,q=2\text{ or }p=7,q=2 ; p=5,q=2\text{ and }p=7,q=2
    ! p=5,q=7
x=\pm2
    = \pm2 ; 2,-2 ; x=2,x=-2 ; x=2\text{ or }x=-2
    ! 2x=\pm2 ; y=\pm2 ; \text{not }x=\pm2 ; x=2 ; x=\pm3
\begin{cases}1&x>0\\0&x\le0\end{cases}
    ! \begin{cases}1&x>1\\0&x\le0\end{cases} ; \begin{cases}1&x>0\\0&x<0\end{cases}
    ! \begin{cases}1&y>0\\0&x\le0\end{cases}
\begin{cases}1&x>0\\-1&x<0\end{cases}
    = \begin{cases}-1&x<0\\1&x>0\end{cases}
f(x)=x+22
    = f(t)=t+22 ; x+22
    ! f(y)=x+22 ; f(x)=y+22
371,043,400
    = 371043400
    ! 371,400,043
f(2)<f(1)<f(4)
    = f(4)>f(1)>f(2)
    ! f(2)<f(4)<f(1) ; f(2)<f(1)<f(7) ; f(1)<f(2)<f(4)
f(1)=f(2)
    ! f(3)=f(4)
2x+4>6
    = x>1 ; 2x>2
    ! x>2 ; x<1
\nabla^2 f
    = \nabla^{2} f
    ! \nabla^3 f
7^{77} \bmod 10
    ! 7^{74} \bmod 10
5\text{ when }x=2
    = 5
    ! 5\text{ when }x=3 ; 6\text{ when }x=2
"""


@pytest.mark.parametrize("gold, right, wrong", tables.read(KINDS))
def test_kinds(gold, right, wrong):
    tables.check(gold, right, wrong)
