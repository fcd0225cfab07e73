"""Notations: exponents that are functions or in parentheses, Unicode, styles, layout."""

import pytest
import tables

NOTATIONS = r"""
e^{\sin x}
    = e^{\sin(x)} ; e^(sin(x)) ; \exp(\sin x) ; e**(sin(x)) ; e^{sin(x)} ; e^{\cos(x-\pi/2)}
    ! e^{\cos x} ; \sin x ; e^{\sin} x ; e\sin x ; e^{-\sin x}
x^{\ln x}
    = e^{(\ln x)^2} ; e^{\ln^2 x} ; x^(ln x) ; x^(ln(x))
    ! \ln x ; x\ln x ; e^{\ln x^2} ; x^2
2^{\gcd(m,n)}-1
    = 2^{\gcd(n,m)}-1 ; -1+2^{\gcd(m,n)} ; 2^(gcd(m,n))-1
    ! 2^{\gcd(m,n)-1} ; 2^{\operatorname{lcm}(m,n)}-1 ; 2^{\gcd(m,n)}
n^{\log_2 3}
    = 3^{\log_2 n} ; n^{\frac{\ln 3}{\ln 2}} ; n^(log_2(3))
    ! 3^{\log_3 n} ; n^{\log_3 2} ; n^3 ; n^{\log 3}
2^{n-1}
    = 2^(n-1) ; 2**(n-1) ; \frac{2^n}{2} ; \frac{2^n}2 ; 2^{(n-1)} ; (2^(n))/2
    ! 2^n-1 ; 2^(n)-1 ; 2^{-n} ; 2**n-1
x^{1/3}
    = x^(1/3) ; \sqrt[3]{x} ; ∛x
    ! x/3
1024
    = 2**10 ; **1024** ; 2^(10) ; 2^{10} ; 4**5 ; **1024**.
    ! 20 ; 2*10 ; 2**9 ; 210
a_{n+1}
    = a_(n+1) ; a_{n + 1}
    ! a_n+1 ; a_{n}+1 ; a_{n-1}
\frac{1}{\sqrt{3}}
    = \frac1\sqrt3 ; \frac1\sqrt{3} ; \frac{1}\sqrt{3} ; \frac1{\sqrt[2]3} ; \frac1\sqrt[2]{3}
    ! \frac1\sqrt{2} ; \frac\sqrt{3}1
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
    ! e ; \delta
1,2,\ldots,n
    = 1,2,\dots,n ; 1,2,\cdots,n ; 1,2,...,n ; 1, 2, ..., n ; \{1,2,\dots,n\} ; 1,2,…,n
    ! 1,2,n ; 1,2,\ldots,m ; 0,1,2,\ldots,n
x=1,y=2
    = \begin{aligned}x&=1\\y&=2\end{aligned} ; \begin{gathered}x=1\\y=2\end{gathered}
    = \begin{aligned} x&=1\\ y&=2\end{aligned} ; \begin{align} x&=1,\\ y&=2\end{align}
    = \begin{cases} x=1 \\ y=2 \end{cases}
    ! \begin{aligned}x&=2\\y&=1\end{aligned} ; \begin{aligned} x&=2\\ y&=1\end{aligned}
\begin{pmatrix}1\\2\end{pmatrix}
    = \begin{pmatrix}1&2\end{pmatrix}^T ; [1,2]^\top ; \begin{pmatrix}1 & 2\end{pmatrix}^T
    = \begin{bmatrix}1&2\end{bmatrix}^{\top} ; \begin{bmatrix}1&2\end{bmatrix}^{\mathsf T} ; [1,2]^T
    = (1,2)^\intercal ; (1, 2)^{\mathrm{T}}
    ! \begin{pmatrix}1&2\end{pmatrix} ; \begin{pmatrix}2&1\end{pmatrix}^T ; \begin{pmatrix}1 & 2\end{pmatrix}
    ! \begin{pmatrix}2 & 1\end{pmatrix}^T
\sqrt{x}
    = x^(1/2) ; x**(1/2) ; x**0.5 ; x^{1/2} ; sqrt(x)
    ! x^1/2 ; x^(2) ; x**1/2
e^{2x}
    = e**(2*x) ; e^(2x) ; exp(2x) ; (e^x)^2 ; e^(2*x)
    ! e^2x ; e**2*x ; e^x
e^{-x^2/2}
    = e^(-x^2/2) ; e^{-\frac{x^2}{2}} ; exp(-x^2/2) ; e**(-x**2/2)
    ! e^(x^2/2) ; e^{-x^2}/2 ; e^-x^2/2
(\sin x)^{\cos x}
    = e^{\cos x\ln(\sin x)} ; \sin(x)^{\cos(x)} ; (sin(x))^(cos(x))
    ! \sin(x^{\cos x}) ; (\cos x)^{\sin x}
x^{\sqrt2}
    = x^\sqrt{2} ; x^{\sqrt{2}} ; x^(sqrt(2))
    ! x^2 ; x\sqrt2
2^{\binom{n}{2}}
    = 2^\binom{n}{2} ; 2^{n(n-1)/2} ; 2^{\frac{n^2-n}{2}} ; 2^(n(n-1)/2)
    ! 2^{n(n-1)} ; \binom n2
2^{\lfloor n/2\rfloor}
    = 2^{\left\lfloor \frac n2\right\rfloor} ; 2^(floor(n/2))
    ! 2^{n/2} ; 2^{\lceil n/2\rceil}
e^{\frac{1}{x}}
    = e^{1/x} ; e^(1/x) ; e^\frac1x
    ! e^x ; e/x
x^{\max(a,b)}
    = x^{\max\{b,a\}} ; x^{\max(b,a)}
    ! x^{\min(a,b)}
10^{\log 5}
    ! 10^{\log 6}
\lim_{n\to\infty} a_n
    ! \lim_{n\to 0} a_n
\sum_{k=1}^{n} k^2
    = \sum_(k=1)^n k^2 ; \sum_(k=1)^(n) k^2
    ! \sum_{k=1}^{n} k
f^{(n)}(x)
    ! f(x)
90
    = The measure of angle C is 90 degrees. ; \text{The angle is } 90^\circ
    ! The measure of angle C is 80 degrees. ; 90 degrees or \pi radians
2^n
    = 2^n\quad(n\ge1) ; 2^n \text{ for all } n ; 2^n, n \ge 1 ; a_n = 2^n, n\ge 1
    = 2^n \text{ where } n \text{ is a positive integer} ; 2^n (n \in \mathbb{N}) ; 2ⁿ
    ! 2^n (n-1) ; 2^n(n+1) ; 2^{n+1} (n\ge1) ; 2n
n\pi
    = n\pi\ (n\in\mathbb Z) ; k\pi\ (k \in \mathbb{Z}) ; x = n\pi, n \in \mathbb{Z}
    = n\pi \quad \text{for integer } n ; \{n\pi : n \in \mathbb{Z}\} ; n\pi \text{ (} n \text{ an integer)}
    ! 2n\pi\ (n\in\mathbb Z) ; \pi (n\in\mathbb{Z}) ; n
\frac{1}{1-x}
    = \frac{1}{1-x}, |x|<1 ; \frac{1}{1-x} \text{ for } |x|<1 ; \frac1{1-x}\ (|x|<1)
    = \frac{1}{1-x} \text{ (valid for } |x|<1)
    ! \frac{1}{1+x}, |x|<1
n\pi\ (n\in\mathbb Z)
    = k\pi, k \in \mathbb{Z} ; n\pi
    ! 2n\pi\ (n\in\mathbb Z) ; \pi
x<1, x>-2
    = (-2,1) ; x>-2, x<1
    ! x<1 ; (-\infty,1)
3
    = 3 \pmod 7 ; 3 \bmod 7 ; 3\ (\mathrm{mod}\ 7) ; 3 \mod 7 ; x \equiv 3 \pmod 7 ; 2^{10}\equiv 3\pmod{7}
    = 3 (mod 7) ; n \equiv 3 \pmod{17}
    ! 4 \pmod 7 ; x\equiv 4 \pmod 7 ; 7 \pmod 3 ; \pmod 3 ; 3 \cdot 7 ; 2^3 \equiv 1 \pmod 7
x \equiv 3 \pmod 7
    = 3 \pmod 7 ; x \equiv 3 \pmod{7} ; x \equiv 3\ (\text{mod } 7) ; n\equiv 3 \pmod 7
    ! x \equiv 3 \pmod 8 ; x \equiv 4 \pmod 7 ; x = 7k+4 ; 4 \pmod 7 ; x=7
x \equiv 1, 5 \pmod 6
    = x \equiv 5, 1 \pmod 6
    ! x\equiv 1 \pmod 6
(1,2,3)
    = [1,2,3]^\top ; [1,2,3]^T ; (1,2,3)^T ; \begin{pmatrix}1&2&3\end{pmatrix}^T
    ! \mathbf{i}+3\mathbf{j}+2\mathbf{k} ; i+2j ; \mathbf{i}+2\mathbf{j} ; \mathbf{i}\mathbf{j}+\mathbf{k}
    ! 6\mathbf{i} ; \mathbf{i}+2\mathbf{j}-3\mathbf{k}
\mathbf{i}-\mathbf{j}
    ! (1,-1,1) ; (1,1) ; \mathbf{j}-\mathbf{i} ; (1,0,-1) ; 0
2x\mathbf{i}+2y\mathbf{j}
    = 2(x\mathbf{i}+y\mathbf{j})
    ! (2y,2x) ; 2x+2y
\langle 2x,2y\rangle
    ! 2x\mathbf i-2y\mathbf j
\frac{1}{3}(2\mathbf{i}-\mathbf{j}+2\mathbf{k})
    = \frac{2}{3}\mathbf{i}-\frac{1}{3}\mathbf{j}+\frac{2}{3}\mathbf{k} ; \frac{2\mathbf i-\mathbf j+2\mathbf k}{3}
    ! \left(2,-1,2\right)
\begin{pmatrix}1&2\\3&4\end{pmatrix}^T
    = \begin{pmatrix}1&3\\2&4\end{pmatrix}
    ! \begin{pmatrix}1&2\\3&4\end{pmatrix}
\bar z
    = \overline z ; \overline{z} ; \bar{z}
    ! z ; \hat z ; \bar w ; z^*
\overline{z}+1
    = \bar z+1 ; 1+\bar{z}
    ! z+1 ; \bar{z}-1
\widehat{f}(\xi)
    = \hat f(\xi) ; \hat{f}(\xi)
    ! f(\xi)
\phi(n)
    = \varphi(n)
    ! \psi(n)
1+2+\cdots+n
    = 1+2+\ldots+n ; 1+2+\dots+n ; 1+2+...+n
    ! 1+2+n ; 1+2+\cdots+m
\{1,2,3,4,5\}
    = 1,2,3,4,5
    ! \{1,2,\ldots,6\} ; \{1,2,\ldots\} ; \{1,3,\ldots,5\} ; \{1,\ldots,4\}
\{1,3,5,7,9\}
    ! \{1,2,\ldots,9\}
\mathbb{Z}^2
    = \mathbb Z\oplus\mathbb Z ; \mathbb{Z}\times\mathbb{Z} ; H_1(X) \cong \mathbb{Z}^2
    ! \mathbb{Z} ; \mathbb{Z}^3 ; \mathbb{Z}_2 ; \mathbb{Z}*\mathbb{Z} ; \mathbb Q^2 ; \mathbb{Z}/2
\mathbb{Z}^3
    = \mathbb{Z}\oplus\mathbb{Z}\oplus\mathbb{Z} ; \mathbb{Z}^2\times\mathbb{Z}
    ! \mathbb{Z}\oplus\mathbb{Z}
\mathbb{R}^2\times\mathbb{R}
    = \mathbb{R}^3
    ! \mathbb{R}^2 ; \mathbb{R}^4
(\mathbb{Z}/2\mathbb{Z})^3
    = \mathbb{Z}_2\times\mathbb{Z}_2\times\mathbb{Z}_2 ; \mathbb{Z}_2^3 ; (\mathbb{Z}/2)^3
    ! \mathbb{Z}/8\mathbb{Z} ; \mathbb{Z}_2^2 ; \mathbb{Z}_3^2
\mathbb{Z}/6\mathbb{Z}
    = \mathbb{Z}_6 ; \mathbb{Z}/6 ; \mathbb{Z}/(6)
    ! \mathbb{Z}_5 ; S_3 ; \mathbb{Z}^6
\mathbb{Z}/8\mathbb{Z}
    ! \mathbb{Z}/2\mathbb{Z}\times\mathbb{Z}/4\mathbb{Z} ; (\mathbb{Z}/2)^3
\mathbb{Q}(\sqrt2)
    = \mathbb{Q}[\sqrt2] ; \mathbb{Q}(\sqrt{2})
    ! \mathbb{Q}(\sqrt3) ; \mathbb{Z}[\sqrt2]
\mathbb{Z}[x]
    ! \mathbb{Z}(x) ; \mathbb Q[x]
\begin{cases}1 & n \text{ even}\\0 & n\text{ odd}\end{cases}
    = \begin{cases}1 & \text{if } n \text{ is even}\\0 & \text{if } n\text{ is odd}\end{cases}
    = \begin{cases}0 & \text{if } n \text{ is odd}\\1 & \text{if } n\text{ is even}\end{cases}
    = \begin{cases}1 & n \equiv 0 \pmod 2\\0 & n\equiv 1\pmod 2\end{cases} ; \frac{1+(-1)^n}{2}
    = \begin{cases}1, & \text{if $n$ is even},\\ 0, & \text{if $n$ is odd}.\end{cases}
    = \begin{cases}1 & \text{if } n \text{ is even}\\0 & \text{otherwise}\end{cases}
    = \begin{cases}1 & \text{when } n \text{ is even}\\0 & \text{when } n\text{ is odd}\end{cases}
    ! \begin{cases}0 & n \text{ even}\\1 & n\text{ odd}\end{cases} ; 1 ; 0
    ! \begin{cases}1 & n \text{ odd}\\0 & n\text{ even}\end{cases}
    ! \begin{cases}1 & m \text{ even}\\0 & m\text{ odd}\end{cases} ; 1,0
    ! \begin{cases}1 & n \text{ even}\\2 & n\text{ odd}\end{cases}
\begin{cases}x & x\ge0\\-x & x<0\end{cases}
    = |x| ; \begin{cases}-x & x<0\\x & x\ge0\end{cases}
    = \begin{cases}x & \text{if } x\ge0\\-x & \text{otherwise}\end{cases} ; \sqrt{x^2}
    = \begin{cases}x, & x>0\\-x, & x\le0\end{cases} ; \max(x,-x)
    ! x ; -|x| ; \begin{cases}-x & x\ge0\\x & x<0\end{cases}
\begin{cases}1&x>0\\0&x\le0\end{cases}
    = \begin{cases}1&\text{if }x>0\\0&\text{if }x\le0\end{cases}
    ! \begin{cases}1&x\ge0\\0&x<0\end{cases} ; \begin{cases}0&x>0\\1&x\le0\end{cases} ; 1
\begin{cases}n/2 & n \text{ even}\\ (n+1)/2 & n \text{ odd}\end{cases}
    = \lceil n/2 \rceil ; \left\lfloor \frac{n+1}{2}\right\rfloor
    ! \lfloor n/2\rfloor ; n/2
\begin{cases}x=1\\y=2\end{cases}
    = (1,2) ; x=1, y=2 ; y=2, x=1
    ! (2,1) ; x=2,y=1
y=C_1\cos x+C_2\sin x
    = y=c_1\cos x+c_2\sin x ; C_1\cos x+C_2\sin x
    ! y=C_1\cos x+C_1\sin x ; y=C\cos x ; y=C_1\cos x+\sin x ; y=A\cos x+A\sin x ; y=C_1\cos 2x+C_2\sin 2x
    ! y=C_1 e^x+C_2e^{-x} ; y = A\cos x+x\sin x ; y=C_1\cos x+C_2\sin x + x
y=C_1e^x+C_2e^{-x}
    ! y=C_1e^x+C_2 ; y=C_1e^x ; y=C_1e^x+C_2e^{x} ; y=C_1 e^{2x}+C_2e^{-2x} ; y=Ae^x+Be^{-x}+C
y=(C_1+C_2x)e^x
    = y=C_1e^x+C_2xe^x
    ! y=(C_1+C_2x)e^{-x} ; y=C_1xe^x
y=x+C
    = y=x+c ; y = C + x
    ! y=x ; y=x+1 ; y=2x+C ; y=Cx ; y=x+y
y = \frac{1}{C-x}
    = y=\frac1{c-x}
    ! y=\frac{1}{x+C} ; y=\frac1{1-x} ; y=\frac{1}{C-2x}
y=Ce^{-x}
    = y=c e^{-x}
    ! y=Ce^{x} ; y=e^{-x} ; y = e^{-x}+C ; y=xe^{-x}
\ln|x|+C
    = \ln|x|+c ; C+\ln|x|
    ! \ln|x| ; \ln|x|+1 ; \ln|x|+x ; 2\ln|x|+C
f(x)=cx
    = f(x)=cx, c\in\mathbb{R} ; f(x)=kx, k\in\mathbb{R}
    ! f(x)=x ; f(x)=cx^2 ; f(x)=cx+d
mc^2
    ! mk^2 ; mc ; 2mc^2
2\pi r
    ! 2\pi R ; 2\pi a ; 2\pi C
Cx
    ! Dx^2 ; 2Cy
180-2\alpha
    = (180-2\alpha)^\circ
    ! 90^\circ-2\alpha ; 180^\circ-\alpha
\frac{180-x}{2}
    = 90-x/2
    ! 90^\circ-x
60^\circ + \theta
    = \theta+60^\circ ; \frac{\pi}{3}+\theta
    ! 30+\theta ; 60\theta
\cos 60^\circ
    = \frac12
    ! \cos 60 ; 60
(-1,1)
    = \{x : |x|<1\} ; \{x\in\mathbb{R} \mid |x|<1\} ; \{x \mid |x|<1\} ; \{x\in\mathbb{R} : |x|<1\}
    = \{x \in \mathbb{R} \,|\, |x| < 1\} ; \{x: -1<x<1\} ; \{x \,|\, -1 < x < 1\} ; \left\{x \mid x^2<1\right\}
    ! \{x : |x|\le1\} ; \{x : |x|>1\} ; \{x\in\mathbb{Z} : |x|<1\} ; \{|x|\}
(2,\infty)
    = \{x\in\mathbb{R} : x > 2\} ; \{ x \in \mathbb{R} \,|\, x > 2 \} ; \{x : x-2>0\}
    ! \{x\in\mathbb{R} : x\geq 2\} ; \{x\in\mathbb{Z} : x>2\}
\{(x,y) : x^2+y^2<1\}
    = \{(x,y)\in\mathbb{R}^2 \mid x^2+y^2<1\} ; \{(x,y) | x^2+y^2<1\} ; \{(x,y)\in\mathbb{R}^2 : x^2+y^2 < 1\}
    ! \{(x,y) : x^2+y^2\le1\} ; \{(x,y) : x+y<1\} ; x^2+y^2<1
7
    = \color{red}{7} ; \textcolor{red}{7} ; {\color{blue} 7} ; \mathbf{\color{red}7} ; \large 7 ; {\Large 7}
    = \huge{7} ; \scriptstyle 7 ; \begin{aligned} 7 \end{aligned} ; \begin{gathered}7\end{gathered}
    = \begin{align*} 7 \end{align*} ; \tiny 7 ; \mathsf{7} ; \bf 7 ; {\bf 7}
    ! \color{red}{8} ; \textcolor{red}{7}8 ; \begin{aligned}8\end{aligned}
12
    = 12^{th} ; 12^{\text{th}} ; 12th ; 12^{\mathrm{th}} ; \text{12th} ; 12^{\text{th}} \text{ term}
    ! 13^{th} ; 12^t ; 12^{h}
1
    = 1st ; 1^{st} ; 1^{\text{st}}
    ! 2nd
2
    = 2nd ; 2^{nd} ; 2^{\text{nd}}
    ! 2^n
\theta
    = theta
    ! t ; \beta
\alpha=1, \beta=4
    = alpha = 1, beta = 4 ; alpha=1 and beta=4 ; \alpha = 1 \text{ and } \beta = 4
    ! alpha = 4, beta = 1
2\theta^2/n
    = 2theta^2/n ; 2*theta^2/n ; 2 theta^2 / n
    ! theta^2/n
\frac{\pi}{2}
    = pi/2 ; π/2 ; ½π ; \frac12 pi
    ! pi/3
\frac{1}{2}
    = ½ ; 2/4
    ! ⅓ ; 1½ ; \text{\frac{1}{3}}
\frac{3}{2}
    = 1½ ; 1 ½ ; \frac32
    ! ½
x^{10}
    = x¹⁰ ; x^10
    ! x¹ ; x^{1}0
x^{-2}
    = x⁻² ; \frac{1}{x²}
    ! x²
\sqrt{2}
    = √2 ; √(2) ; 2√2/2 ; \sqrt 2 ; √{2}
    ! √3
\sqrt{12}
    = √12 ; 2√3
    ! √1\cdot 2
\sqrt{x+1}
    = √(x+1) ; sqrt(x+1)
    ! √x+1
\sqrt[3]{2}
    = ∛2 ; ∛(2)
    ! √2
x_1
    = x₁ ; x_{1}
    ! x₂ ; x1
a_{12}
    = a₁₂
    ! a₁ ; a_{1}2
x_1+x_2
    = x₁ + x₂
    ! x₁ + x₁
\log_2 3
    = log₂3 ; log₂(3) ; \log₂ 3 ; log_2(3)
    ! log₃2
5 Robins
    = 5
    ! 6 Robins ; 6
5
    = 5 Robins ; 5 Dollars ; 5 rupees ; £5 ; €5 ; 5 € ; 5 Apples ; 5 Euros ; \text{5 Students} ; 5 People ; \$5
    = 5 Units ; 5 Meters
    ! 6 Robins ; 5 Million ; 5 Thousand ; 5 Dozen ; 5 AB ; 5 Hundred
(0,\infty)
    = \text{positive real numbers} ; \mathbb{R}^+ ; \mathbb{R}_{>0} ; x>0 ; \text{all positive real numbers}
    = \text{the positive reals} ; \mathbb R_{+}
    ! \text{nonnegative real numbers} ; \mathbb{R} ; \mathbb{R}_{\ge 0} ; \text{negative real numbers}
[0,\infty)
    = \mathbb{R}_{\ge 0} ; \text{non-negative real numbers} ; x\ge0 ; \mathbb{R}_{\geq 0} ; \mathbb{R}_0^+
    = \text{all nonnegative real numbers}
    ! \mathbb{R}_{>0} ; \mathbb{R} ; \text{positive real numbers}
\{0\} \cup [1,\infty)
    ! x\ge 1 ; x\geq 0 ; x=0
p=5,q=2;p=7,q=2
    = p=5,q=2 \text{ or } p=7,q=2 ; (p,q)=(5,2),(7,2)
    ! p=5,q=2 ; p=2,q=5 \text{ and } p=2, q=7
10
    = \binom{5}{2}
    ! C_5 ; {}_5C_3C ; {}_5P_2
20
    ! {}_5C_2
15
    ! 5! ; 3!!
\binom{2n}{n}
    = {2n \choose n} ; \frac{(2n)!}{(n!)^2}
    ! C(n,2n)
-2
    ! \begin{vmatrix}1&2\\3&5\end{vmatrix} ; \begin{pmatrix}1&2\\3&4\end{pmatrix}
\begin{pmatrix}1&0\\0&1\end{pmatrix}
    ! I_3 ; I ; 1
\begin{pmatrix}1&0\\0&2\end{pmatrix}
    ! \operatorname{diag}(2,1) ; (1,2)
f(x)=x^2
    ! x\mapsto x^3 ; x \to x^2
S_3
    = S_{3} ; G \cong S_3
    ! D_6 ; S_4 ; A_3 ; \mathbb{Z}_6
O(n\log n)
    = O(n\ln n) ; \mathcal{O}(n\log n)
    ! O(n) ; O(n \log^2 n) ; O(n^2 \log n) ; \Theta(n)
\lfloor\varphi n\rfloor, where \varphi = \frac{\sqrt{5}+1}{2}
    = \lfloor\varphi n\rfloor
    ! \lfloor \frac{1-\sqrt{5}}{2} n \rfloor ; \frac{\sqrt5+1}{2}
(1 2 3)
    ! (1 3 2) ; (3 2 1) ; 123
(1 2)(3 4)
    ! (1 3)(2 4) ; (1 2) ; (1 2 3 4)
(t,2t)
    = (t,2t), t\in\mathbb{R}
    ! (2t,t) ; (s,2t) ; (s,s)
"""


@pytest.mark.parametrize("gold, right, wrong", tables.read(NOTATIONS))
def test_notations(gold, right, wrong):
    tables.check(gold, right, wrong)
