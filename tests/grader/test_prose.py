"""Options, sentences and notes around an answer, yes and no with their reasons, notations that are rewritten."""

import pytest
import tables

PROSE = r"""
15
    = 15 \text{ only} ; 15 \text{ in total} ; 15 \text{ feet below sea level}
    ! 15 \text{ fails} ; 15 \text{ fewer} ; 15 \text{ extra} ; 15 \text{ is rejected}
    ! 15 \text{ extraneous} ; 15 \text{ isn't right} ; 15 \text{ etc.} ; 15 \text{ failed} ; 15 \text{ among others}
    ! 15 \text{ is an extraneous root} ; 15 \text{ if n is even and 16 otherwise}
    ! 15 \text{ and below} ; 15 \text{ and so on} ; 15 \text{ and its negative}
    ! 15 \text{ only if n is even} ; 15 \text{ couples}
    ! 15 \text{ percentile} ; 15 \text{ eighths of the pizza} ; 15 \text{ was my first guess} ; \text{I doubt it is } 15
    ! 15 \text{ cannot be attained}
Yes
    = \text{It is possible.}
    ! \text{It is impossible} ; \text{It is not possible.}
\text{conditionally convergent}
    = \text{converges conditionally}
    ! \text{converges absolutely}
B
    = B) y = 6 ; (B) 3+\sqrt2 ; Option B ; Option B) ; Option B: II and III only ; \textbf{(B)}\ 3(1+r)^x=7
    = B. -0.135 ; \text{Option B: 3, 4} ; B) P(A) = 0.5 ; \text{B: the rest} ; Choice B ; \textbf{(B)}\ 7
    = \text{(B) 7} ; \text{B. 12 cm} ; B: 12 ; (B) -3 ; (b) ; (B) x^2 ; option B ; B) x=1 and x=2 ; The answer is B
    = The correct answer is (B) ; B) f(A) = 3 ; \mathrm{(B)}\ \frac{1}{2} ; \textbf{B} ; B) (3/17, -32/17)
    = (B) [0,1) ; B.\ 3x-1 ; \text{Option (B)} ; Answer: B ; B) None of the above ; \text{(B) None of these}
    = B) 3 and 4 ; B: x > 2 ; \text{B) } x+1 ; \boxed{B} ; \text{B is correct} ; B) 1/2 * tan^(-1)(x^2/4) + C
    = The correct option is B. ; **B** ; **B) 7** ; B) -3$ per person
    ! C) y = 6 ; (B) and (C) ; B, C ; (A) x or (B) y ; (B)^2 ; (B)+1 ; Option C: B ; B=5 ; (B)(C) ; (C) 3+\sqrt2
    ! Option C ; B) or C) ; (A), (B) ; B+1 ; 2B ; (B)=5 ; A) B ; \text{A and B} ; (A) or (B) ; B:C ; f(B) ; not B
    ! \text{Not B} ; B^c ; B\cup C ; (B) - (C) ; B' ; (B)! ; B_1 ; \text{A. B} ; BC ; A) 3 B) 4 ; Option A or B
    ! Options A and B
-\frac12
    = (b) -\frac12 ; \text{(b) -0.5} ; B) -\frac{1}{2} ; Option D: -1/2
    ! (b) \frac12 ; (b) x-\frac12 ; (b)(-\frac12)^2
3
    = \text{The rank of the matrix is 3.} ; The sum of the series is $3$. ; 3 \text{ (since } x>0)
    = \text{exactly 3 solutions} ; 3 \quad (\text{since } n>2) ; x=3 \text{ is the unique solution}
    = \text{Answer: } 3 ; \text{Minimum value: } 3 ; 3 \text{ at } (1,2) ; 3 \text{ (attained at } x=2)
    = \text{There are } 3 \text{ solutions} ; 3^{rd} ; 3^{\mathrm{rd}}
    ! \text{The rank is at most 3.} ; \text{The rank is not 3.} ; The value is between 2 and 3.
    ! \text{The answer is a multiple of 3} ; 3 \text{ quarters} ; 3 \text{ tenths} ; 3 \text{ dozen}
    ! 3 \text{ factorial} ; 3 \text{ pairs} ; 3 \text{ million dollars} ; 3 \text{ inverse} ; 3 \text{ incorrect}
    ! The sum of 1 and 3 is 4 ; 3 \text{ at least} ; (3) (B) ; (c) ; \text{(C)}
36
    = 3 \text{ dozen} ; \text{3 dozen eggs}
\frac34
    = 3 \text{ quarters} ; 3 \text{ fourths}
No
    = \text{No, this is not true.} ; \text{No, but true if } X \text{ is compact} ; \text{It is not true.}
    = \text{no such function exists} ; \text{False. The converse is true.}
    = \text{No} \text{ because } f \text{ jumps} ; \text{No, the statement is false} ; No. The answer is no.
    = \text{No, } f \text{ is not continuous} ; The statement is false. ; The answer is No.
    = \text{No, it fails at } x=0 ; No, because it is true only for n=1 ; \text{No (it is true only for even } n)
    ! \text{Yes} ; \text{No, yes} ; \text{Yes/No} ; \text{no solution} ; \text{True} ; \text{No. Yes.} ; Yes
    ! No, yes ; No solution ; It is true ; \text{No, it is true} ; Not ; None ; No and yes ; not false
    ! \text{It is not false}
Yes
    = \text{Yes, by compactness} ; \text{It is true.} ; Yes, it is true
    = \text{Yes (not every subgroup needs to be normal)} ; \text{Yes, since } x \text{ is not zero} ; True.
    = \text{The statement is true.} ; It is true ; Yes, $u$ is a constant. ; Yes, no solution exists otherwise
    = The answer is yes. ; Yes. The converse is false. ; \text{Yes, because it is not empty}
    ! \text{Yes or no} ; \text{Yes, it is not} ; \text{not true} ; \text{It is false} ; No ; Yes and no ; Yes or No
    ! Yes/No ; Nope ; Yes, no, maybe ; It is not true. ; False ; \text{Yes, it is false} ; The answer is no
    ! The statement is false ; No, yes ; Yes, no ; Yes, this is not true
\text{converges}
    = \text{convergent} ; \text{The series converges.} ; \text{The series is convergent}
    = \text{The improper integral converges}
    ! \text{diverges} ; \text{The series diverges} ; \text{not convergent} ; \text{conditionally convergent}
\text{does not exist}
    = \text{The limit does not exist.} ; \text{Limit does not exist} ; DNE ; The limit does not exist.
    ! \text{exists} ; \text{The limit exists} ; The limit exists ; 0 ; does exist
C
    = Option C: II and III only ; \text{(C)} ; C) 2\sqrt{121}-3\sqrt[3]{216} ; (C)
    ! c+1 ; x+C ; C) or D)
\text{(B)}
    = \textbf{(B)}\ 3(1 + r/10)^x = 7 ; B ; $B$ ; B)
    ! \textbf{(C)}\ 3 ; A
$B$
    = B) x=\frac{9}{4}, x=1, x=\frac{5}{3} ; B) 3+√2
    ! D) 7
I
    = \text{I: NGS can detect both coding and non-coding regions of the genome.} ; I ; (I)
    ! II ; \text{II: no} ; \text{I and II}
7
    = (B)\ 7 ; \textbf{(B)}\ 7 ; \text{(B) 7} ; B) 7 ; \text{(b) } 7 ; (D) 7 ; \textbf{(E)} 7 ; Option B: 7 ; (f) 7
    = \text{B. } 7
    ! (B) 8 ; \text{(B)} ; B ; B7 ; 7B ; (B) -7 ; B) 7 or 8
-0.5
    = (b) -\frac12 ; (B) -\frac12 ; \text{(b) } -1/2
    ! (b) \frac12 ; (b) ; b - \frac12 ; (b) - \frac{1}{3}
-1812
    = \text{(b) -1812}
    ! \text{(b) 1812}
(B) 7
    = B ; 7 ; (B) ; \text{(B)}\ 7
    ! C ; 8 ; (C) 7 ; (B) 8
A
    = A) \frac{\sqrt{2 + \sqrt{2}}}{2} ; A) (x+2) ; A) n+6/n-7
    ! a^2 ; A^{-1} ; (A)^{-1} ; A^T ; \det A ; A B
E
    = E) None of these ; \textbf{(E)}\ \text{none of these}
    = E: \text{A polygenic risk score can provide a probability.} ; (E) 2\pi
    ! E[X] ; E(X) ; e
2x
    = (A) 2x ; A) 2x
    ! Ax ; (A)x
5
    = \text{The answer is 5} ; 5\text{ (since } x>0) ; x=5 \text{ is the unique solution} ; \text{Answer: } 5
    = \text{exactly 5 solutions} ; \text{Minimum value: } 5 ; 5 \text{ (attained at } x=2) ; 5 \text{ at } (1,2)
    = \text{The answer is } 5 ; 5 \quad (\text{since } n>3) ; \text{There are } 5 \text{ solutions}
    = The rank of the matrix is 5. ; The maximum of x + y + z is 5. ; \text{The minimum value is } 5
    = The number of bricks that can fit into the box is 5 pieces. ; \text{There are exactly 5 such triples}
    = \text{The value of } x \text{ is } 5 ; The sum of the series is 5. ; 5, because n>3 ; 5 \text{ since } x > 0
    = x = 5 is the only solution ; \text{Therefore, } x = 5 ; \text{Thus the answer is } 5. ; The dimension is 5
    = \text{at } x=2 \text{ the maximum is } 5 ; \text{Final answer: } 5 ; 5 \text{ (approximately)}
    = 5 \text{ (exact)} ; 5 \text{ is the answer} ; 5 \text{ units (since the sides are equal)}
    = The shortest path has length 5. ; \text{The limit equals } 5 ; The limit is expected to approach five.
    = 5\ (\text{by symmetry}) ; x=5 \text{ (the other root is extraneous)}
    ! \text{not } 5 ; 5 \text{ or } 6 ; 5 \text{ is wrong, the answer is } 6 ; \text{greater than } 5
    ! \text{divisible by } 5 ; \text{minus } 5 ; 5 \text{ or less} ; 5 \text{ at most} ; \text{The answer is not } 5
    ! \text{The answer is less than } 5 ; \text{The answer is } -5 ; The answer is either 5 or 6
    ! 5 \text{ (excluded)} ; \text{The answer is } 5 \text{ or } 7 ; x \text{ is not } 5
    ! \text{It is false that } x=5 ; \text{The sum is 5 million} ; \text{The answer is 5 thousand}
    ! \text{All numbers except } 5 ; \text{none of } 5 ; \text{The wrong answer is } 5 ; \text{twice } 5
    ! \text{half of } 5 ; 5 \text{ is not a solution} ; 5 \text{ (in thousands)} ; 5 \text{ (mod 7) or 6}
    ! \text{The answer is between 4 and 5} ; \text{The answer is } 5 \text{ squared} ; 5 \text{ (not included)}
    ! 5 \text{ is incorrect} ; \text{at least } 5 ; \text{at most } 5 ; \text{The answer is at least 5}
    ! \text{the square root of } 5 ; \text{The answer is the square of 5} ; \text{more than 5}
    ! The answer cannot be 5 ; \text{There are no 5} ; \text{If } x=2 \text{ then it is } 6 ; \text{a multiple of 5}
    ! 1 \text{ (since } x=5) ; 2 \text{ when } x = 5 ; \text{The answer is 2, since } x = 5
101
    = Each wizard needs to endure at least 101 beard pulls.
    ! Each wizard needs to endure at least 100 beard pulls.
0
    = The limit is expected to approach zero. ; The limit is zero ; \text{The answer is zero}
    = The number of limit cycles is 0. ; the maximum is zero
    ! The limit is not zero
    ! The number of limit cycles cannot be determined conclusively from the given information. ; The limit is nonzero
    ! The limit is infinity
-3
    = The number is -3. ; \text{The number is } -3
    ! The number is 3.
24
    = The number of bricks that can fit into the box is 24 pieces. ; There are 24 ways ; \text{24 ways to do it}
    = there are 24 different arrangements of the books
    ! The number of bricks is 23 pieces.
y=-5x-3
    = The equation of the line parallel to $y = -5x + 1$ with a y-intercept of -3 is y = -5x - 3.
    = \text{The line is } y=-5x-3
    ! The equation of the line parallel to $y = -5x - 3$ is y = -5x + 3.
[2, -2, 1; 4, -4, 2; 6, -6, 3]
    = The product matrix $A^{2024}$ is $[2, -2, 1; 4, -4, 2; 6, -6, 3]$
    ! The product matrix is $[2, -2, 1; 4, -4, 2; 6, -6, 4]$
13/14
    = The probability of winning is 13/14. ; \text{The probability is } \frac{13}{14}
    = \frac{13}{14} \text{ (about 0.93)} ; \frac{13}{14} (\approx 0.93)
    ! The probability of winning is 1 - 13/14. ; The probability of losing is 1/14.
\text{convergent}
    = \text{The series is convergent} ; converges ; The series converges. ; The series converges ; it converges
    = The sequence is convergent ; The improper integral converges.
    ! divergent ; \text{The series diverges} ; \text{The series does not converge} ; \text{not convergent}
    ! conditionally convergent
\text{linearly independent}
    = \text{The vectors are linearly independent} ; linearly independent ; They are linearly independent.
    ! \text{The vectors are linearly dependent} ; \text{linearly dependent}
    ! The vectors are not linearly independent
\text{continuous}
    = The function is continuous
    ! \text{not continuous} ; \text{The function is not continuous} ; \text{The inverse is continuous}
\infty
    = \text{diverges to } +\infty ; \text{The limit is infinity} ; \text{The limit is } \infty ; tends to infinity
    ! \text{diverges to } -\infty ; \text{The limit is } 0
\text{Diverges}
    = \text{divergent} ; \text{The integral diverges.} ; diverges ; It is divergent
    ! convergent ; converges
\text{even}
    = \text{The function is even} ; even
    ! odd ; \text{neither even nor odd} ; \text{The function is odd}
False
    = \text{False. The converse is true.} ; False, since 2 is prime ; no ; The statement is false
    ! True ; \text{It is not false.} ; \text{Not false} ; \text{False or true}
E_1
    = E_1
    ! \text{The answer is } E_2
\pi
    ! The answer is approximately 3.14 ; \text{about } 3.14159
f(abc)
    ! f(xyz) ; f
P(win)
    ! P(lose)
"""


NOTATIONS = r"""
10
    = C(5,2) ; C_5^2 ; {}_5C_2 ; \binom52 ; C_{5}^{2} ; ^5C_2 ; C(5, 3)
    ! C(5,1) ; C_5^1 ; P(5,2) ; C_5 ; {}_5P_2
20
    = P(5,2) ; {}_5P_2 ; {}^5P_2 ; ^5P_2
    ! C(5,2) ; P(5,3) ; P(5)
\binom{2n}{n}
    = C(2n,n) ; C_{2n}^{n} ; C_{2n}^n
    ! C(n,2n) ; C_{2n}^{n-1} ; C(2n,2)
C(1,2)
    = C(1, 2)
    ! C(1,3) ; C(5,2) ; 0
C_1e^x+C_2
    ! C_1e^x+C_1 ; C_1e^{2x}+C_2
C_1^2
    ! C_1^3
P(1,2)
    ! P(2,1) ; P(1,3)
f(x)=x^2
    = x\mapsto x^2 ; f: x \mapsto x^2 ; t \mapsto t^2
    ! x\mapsto x^3
\mathbb{Z}/6\mathbb{Z}
    = \text{cyclic group of order } 6 ; C_6 ; Z_6 ; \mathbb{Z}/\langle 6\rangle ; \text{the cyclic group of order 6}
    = \Z_6 ; \Z/6\Z
    ! C_5 ; S_6 ; \text{cyclic group of order } 5 ; 6
\frac12
    = \text{\frac{1}{2}} ; \text{½} ; \mathrm{\frac12} ; 1⁄2 ; \text{$\frac{1}{2}$}
    ! \text{\frac{1}{3}} ; 1⁄3
5
    = Rs. 5 ; Rs 5 ; ₹5 ; ¥5 ; USD 5 ; 5元 ; \text{Rs. } 5 ; ₹ 5 ; 5 \text{ dollars} ; \$5.00 ; 5 USD
    = 5\text{ Euros} ; 5 \text{ Apples} ; 5\ \text{Hours} ; 5^{\text{th}} ; 5^{th} ; 5 \text{ people} ; \text{5 km}
    = 5 feet ; 5 ft ; 5 cm ; 5\,\mathrm{cm} ; 5 \text{ cents} ; £5 ; 5 \mathrm{~m} ; 5\text{ sq. units} ; 5 units
    = 5 \text{ square units} ; 5 \text{ on average} ; 5 \text{ in total} ; 5 \text{ of them}
    = The value is 5 for n = 3
    ! Rs. 6 ; ₹50 ; 5 \text{ thousand dollars} ; 5\% \text{ of } 3 ; 5 \text{ dozen} ; 5k ; 5x
    ! 5 \text{ remainder } 2 ; 5 \text{ of } 8 ; 5 \text{ to } 8 ; 5 \text{ by } 3 ; 5 \text{ and } 7
    ! 5 \text{ in base } 7 ; 5 \text{ in } 8 ; 5 \text{ and a half} ; 5 \text{ at most} ; 5 \text{ from } 8
    ! 5 \text{ hundredths} ; 5 \text{ out of } 8 ; The answer is 5 with a remainder of 2.
    ! The number is 5 in hexadecimal. ; 5 \text{ between } 3 ; The length is 5 and the width is 3
    ! \text{The sum is 5 and the product is 6} ; \text{from 5 to 8} ; \text{5 on the left, 6 on the right}
    ! 5 \text{ as a percentage of } 8 ; \text{exactly } 5.5 ; \text{divide by 5} ; \text{multiply } x \text{ by } 5
    ! \text{choose 5} ; x \text{ has 5 digits and } y \text{ has } 4
\$5
    ! ₹5 ; €5 ; 5 \text{ euros}
f(x)=0
    = \forall x>0, f(x) = 0 ; f(x)=0 \text{ for all } x
    ! \forall x>0, f(x) = 1
\forall x>0, f(x) = 0
    = f(x) = 0
    ! f(x)=x
\{0\} \cup [1,\infty)
    = x=0 \text{ or } x\geq1 ; x\ge 1 \text{ or } x=0
    ! x\ge 1 ; x\geq 0 ; x=0 ; x=1 \text{ or } x\ge 1 ; y=0 \text{ or } x\ge 1
x<0 \text{ or } x=2
    = x=2 \text{ or } x<0 ; (-\infty,0)\cup\{2\}
    ! x<0 ; x\le 2 ; x=2 ; x<0 \text{ or } x=3
\lim_{n\to\infty} a_n
    = \lim_{n \rightarrow \infty} a_n
    ! \lim_{n\to 0} a_n
\mathbb{Z}^2
    = \Z^2 ; \Z\times\Z ; \Z \oplus \Z
    ! \Z ; \Q^2
\sqrt[3]{2}
    = cbrt(2) ; ∛2
    ! sqrt(2)
7
    = \footnotesize 7 ; \colorbox{yellow}{7} ; \begin{equation}7\end{equation} ; \scriptsize 7
    = \begin{equation*}x=7\end{equation*} ; \begin{aligned} x&=3+4\\ &=7\end{aligned}
    = \begin{aligned}[t] 7 \end{aligned}
    ! \footnotesize 8 ; \begin{equation}x=8\end{equation} ; \begin{aligned} x&=3+4\\ &=8\end{aligned}
    ! \begin{array}{c} 7\\8\end{array}
W(n) = 1 \text{ and } W(n) = -1
    = W(x)=1orW(x)=-1 ; W(n)=1 or W(n)=-1
    ! W(x)=1 ; W(x)=1orW(x)=2
x=\frac{\pi}{4}+k\pi
    = x=\frac{5\pi}{4}+k\pi ; x = \frac{\pi}{4}+n\pi, n\in\mathbb{Z} ; x = k\pi - \frac{3\pi}{4}
    = x=\frac{\pi}{4}-k\pi ; x = \frac{\pi}{4} + \pi k, k \in \mathbb Z
    ! x=\frac{\pi}{4}+2k\pi ; x=\frac{\pi}{3}+k\pi ; x=\frac{\pi}{4} ; y=\frac{\pi}{3}+k\pi ; x = k\pi
x = 2k\pi, k\in\mathbb{Z}
    = x = 2n\pi, n \in \mathbb{Z} ; x=2(k+1)\pi ; 2k\pi ; x = 2\pi k - 4\pi, k\in\mathbb{Z}
    ! x=k\pi, k\in\mathbb{Z} ; x = (2k+1)\pi, k\in\mathbb Z ; x=2\pi
x \equiv 3 \pmod 7
    = x = 7k+3, k\in\mathbb{Z} ; x = 7k-4, k\in\mathbb{Z} ; x\equiv 10 \pmod 7 ; x=7n+3 ; x = 3+7t, t\in\mathbb{Z}
    ! x=7k+4, k\in\mathbb{Z} ; x = 3 ; x = 14k+3, k\in\mathbb{Z} ; x\equiv 3 \pmod{14} ; x = 3k+7, k\in\mathbb Z
n=4k+1, k \in \mathbb{Z}
    = n = 4k-3, k\in \mathbb{Z} ; n \equiv 1 \pmod 4 ; n=4m+1, m\in\mathbb{Z}
    ! n = 4k+3, k\in\mathbb{Z} ; n \equiv 3 \pmod 4 ; n = 1 ; n=4k+1, k\in\mathbb{N}, k > 3
x = n+1
    ! x = n ; x = n+2 ; x=m
x = \frac{n\pi}{2}
    ! x = n ; x = \frac{m\pi}{3}
a_n = 2n+1
    ! a_n = 2n+3 ; a_n = 2n-1
f(n) = n\pi
    ! f(n) = (n+1)\pi ; f(n)=n\pi+2\pi
\begin{pmatrix}1&0\\0&1\end{pmatrix}
    = I_2 ; \operatorname{diag}(1,1)
    ! I_3 ; I ; 1 ; \operatorname{diag}(1,2)
\begin{pmatrix}1&0&0\\0&2&0\\0&0&3\end{pmatrix}
    = \operatorname{diag}(1,2,3) ; \text{diag}(1,2,3)
    ! \operatorname{diag}(1,3,2) ; (1,2,3) ; I_3
\operatorname{diag}(1,2)
    = \begin{pmatrix}1&0\\0&2\end{pmatrix}
    ! (1,2) ; \begin{pmatrix}1&2\end{pmatrix}
O(n\log n)
    = O(n\log_2 n) ; O(2n\ln n) ; O(n \lg n)
    ! O(n) ; O(n\log^2 n) ; \Theta(n \log n) ; n\log n
O(n^2)
    = O(3n^2)
    ! O(n^2+n) ; O(n)
(t, 2t)
    = (s, 2s)
    ! (2s,s) ; (s,2t) ; (x, 2x)
90
    = 90 degrees or π/2 radians ; 90^\circ or 90
    ! 90 or 91 ; 90 degrees or \pi radians
x=1 or x=2
    = x=2 or x=1
    ! x=1 or x=1 ; x=1
\{1,2,3,4,5\}
    = \{1,2,\ldots,5\} ; \{1,2,\dots,5\} ; \{1,2,3,\cdots,5\} ; 1,2,\ldots,5 ; \{1, 2, ..., 5\} ; \{1,\ldots,5\}
    ! \{1,2,\ldots,6\} ; \{1,2,\ldots\} ; \{1,3,\ldots,5\} ; \{1,\ldots,4\} ; \{1,2,\ldots,n\} ; \{1,2,4,\ldots,5\}
    ! (1,2,\ldots,6)
\{1,3,5,7,9\}
    = \{1,3,\ldots,9\} ; \{1,3,5,\ldots,9\}
    ! \{1,2,\ldots,9\} ; \{1,3,\ldots,10\} ; \{1,\ldots,9\}
\{1,2,\ldots,100\}
    = \{1,2,3,\dots,100\} ; \{1,\ldots,100\}
    ! \{1,2,\ldots,99\} ; \{2,\ldots,100\} ; 100
1,2,\ldots,n
    = 1,2,\dots,n ; 1, 2, ..., n
    ! 1,2,\ldots,m ; 1,2,n
p=5,q=2;p=7,q=2
    = p = 5, q = 2 \quad \text{and} \quad p = 7, q = 2 ; p=7,q=2 \text{ and } p=5,q=2 ; p=5,q=2 \text{ or } p=7,q=2
    ! p=5,q=2 ; p=2,q=5 \text{ and } p=2, q=7 ; p=5, q=2 \text{ and } p=5, q=2
x=1, y=2, z=3
    = x=1, y=2 \text{ and } z=3 ; z=3, y=2, x=1
    ! x=1, y=3 \text{ and } z=2
1
    = \operatorname{Res}(f,0)=1 ; \text{Res}(f, 0) = 1 ; \operatorname{ind}(\gamma, 0) = 1 ; \text{ord}(g) = 1
    ! \operatorname{Res}(f,1)=2
4
    = |G|=4 ; \dim_{\mathbb{Q}}\mathbb{Q}(\sqrt2,\sqrt3)=4 ; [\mathbb{Q}(\sqrt2,\sqrt3):\mathbb{Q}]=4
    = \dim_{\mathbb R} V = 4 ; \deg f = 4 ; \text{rank} = 4 ; \operatorname{rank}(A) = 4 ; \text{rank}(A)=4
    = \max f = 4 ; \dim \ker T = 4
    ! x^2 = 4 ; 4x^2 = 0 ; x^2 - 4 = 0 ; \frac{1}{x}=4 ; 4=0 ; x^2 = 2 ; \dim V + 1 = 4 + 1
    ! [\mathbb{Q}(\sqrt2):\mathbb{Q}]=2 ; \dim V \ge 4 ; \dim V \neq 4 ; 2\dim V = 4
x^2=4
    ! 4
(1,2,3)
    = \hat\imath+2\hat\jmath+3\hat k ; \hat{\imath}+2\hat{\jmath}+3\hat{k}
    ! \hat\imath+3\hat\jmath+2\hat k
\frac{1}{3}(2\mathbf{i}-\mathbf{j}+2\mathbf{k})
    = \left(\frac23,-\frac13,\frac23\right) ; \frac{2\mathbf i-\mathbf j+2\mathbf k}{3}
    ! (2,-1,2) ; (\frac23,\frac13,\frac23) ; \frac{1}{3}(2\mathbf{i}+\mathbf{j}+2\mathbf{k})
\dim V = 4
    ! 5 ; \dim W = 5
\operatorname{erf}(1)
    = 1-\operatorname{erfc}(1) ; \mathrm{erf}(1)
    ! \operatorname{erfc}(1) ; 1+\operatorname{erfc}(1)
\operatorname{Li}_2(1)
    = \frac{\pi^2}{6} ; \mathrm{Li}_2(1)
    ! \frac{\pi^2}{12} ; \operatorname{Li}_3(1)
y=C_1\cos x+C_2\sin x
    = y = a\cos x + b\sin x ; y=k_1\cos x+k_2\sin x ; y=A\cos x+B\sin x
    ! y = a\cos x + a\sin x ; y = a\cos x ; y=a\cos x+x\sin x
y=x+C
    = y=x+k ; y=x+K
    ! y=x+x ; y = x ; y=kx
2^n
    = 2^n \ (n = 0, 1, 2, \ldots) ; 2^n (n=1,2,3,\dots)
    ! 2^{n+1} (n=0,1,\ldots) ; 2^n(n-1)
\mathbb{Z}[i]
    = \mathbb{Z}[\sqrt{-1}]
    ! \mathbb{Z}[\sqrt{-2}] ; \mathbb{Z}
D
    = D) x = -2 and y = 4 ; D) -\frac{1}{3}x + 4 ; (D) \frac{a+b}{c} ; D. 2x^2 - 3 ; D) No solution
    = D) All of the above ; D) {1, 2, 3} ; D) |x| < 3 ; D) f(x) = 3x^2 - 2 ; D) $12.50
    = D) 5 units left and 3 units up ; D) (2, 3) and (4, 5) ; D) y = 3x + 1, y = 2 ; \text{D) } x^2+1 ; Option D) 7
    = The answer is D) 7 ; The correct answer is D. ; choice (D) ; D) 3 or 4 ; D) 0 < x < 4 ; D) x = 5 ; D) 4!
    = D) n(n+1) ; \boxed{D} ; D: x=4 ; D) A and B ; \mathbf{D} ; \text{D} ; D) True ; (D): 5 ; D) II and III
    = D) e^{2x}
    ! C) x = 4 ; A) or D) ; C, D ; D = 5 ; 2D ; D^2 ; x + D ; \text{not D} ; D_4 ; D' ; BD ; A ; (A) D
    ! \text{A, B and D} ; D(x)
12
    = (a) 12 ; (A) 12 ; A) 12 ; \text{(c)} 12 ; (ii) 12 ; C. 12 ; (D)~12 ; \textbf{(A) }12 ; \text{Option A: 12}
    = D) 12 cm ; (E) $12
    ! (a) 13 ; (a) ; (a)(12)x ; (ii) 13 ; a 12 b
3
    = The matrix has rank 3. ; There are exactly 3 real roots. ; The degree of the polynomial is 3. ; \text{Three}
    = \text{The number of solutions is } 3 ; x = 3 \text{ only} ; 3 \text{ (the only solution)} ; \text{Only } x=3
    = x=3 \text{ (since } x>0 \text{)} ; 3 \text{ is the maximum} ; 3 \text{ because } 2+1=3
    = 3, \text{ since } x > 0 ; \text{Hence } x = 3 ; \text{So the answer is } 3 ; 3 \text{ ways}
    = n = 3 \text{ works} ; 3 \text{ as required} ; 3\text{ (unique)} ; \text{min} = 3 ; \text{Max: } 3
    = \text{Maximum} = 3 ; \text{value: } 3 ; \text{ANSWER: 3} ; \text{answer} = 3 ; \text{Total} = 3
    = \text{Result: } 3 ; 3\quad\text{[since } x>0] ; 3 \;\; (\text{for } x = 1) ; \text{The answer: } 3
    ! 3 \text{ or } -3 ; \text{less than } 3 ; \text{no more than } 3 ; 3 \text{ times } x ; 3 \text{ hundred}
    ! \text{the cube root of } 3 ; 3 \text{ to } 5 ; 3 \text{ out of } 5 ; \text{not equal to } 3
    ! 3 \text{ is not a root} ; \text{there are 3 and 4} ; x > 3 ; \text{every number but 3} ; \text{between 3 and 4}
    ! 3 \text{ is too small} ; \text{nearly } 3 ; 3 \text{ per } 4 ; \text{3 does not work} ; 3 \text{ or more}
    ! \text{a third}
x^2+1
    = \text{The polynomial is } x^2+1 ; f(x) = x^2+1 \text{ for all } x ; x^2+1 \text{ (for all real } x)
    = x^2+1, \quad x\in\mathbb{R} ; y = x^2 + 1 \text{ is the parabola} ; \text{Answer: } x^2+1 ; P(x)=x^2+1
    = x^2 + 1 \quad (x \ge 0) ; x^2+1 \text{ where } x \text{ is real}
    ! x^2-1 \text{ for all } x ; x^2 ; \text{The derivative is } x^2+1 \text{ squared} ; x^2+1=0
\frac{1}{2}
    = \frac12 \text{ or } 0.5 ; 0.5 = \frac12 ; \frac{1}{2} (50\%) ; \frac12 = 50\% ; 1/2, \text{ i.e. } 0.5
    = 50\% \text{ or } \frac{1}{2} ; \frac{1}{2} \text{ (or 0.5)} ; \frac12 \text{ (i.e., } 50\%)
    = \frac{1}{2} \approx 0.5 ; \frac{2}{4} = \frac{1}{2} ; \text{one half} ; \frac12 \text{, or equivalently } 0.5
    = 0.5 \text{ (exactly)} ; P = \frac12 ; \Pr = \frac12 ; \text{probability} = \frac12
    ! \frac12 \text{ or } \frac13 ; \frac12, 2 ; 0.5 = \frac13 ; \frac12 \text{ or } -\frac12 ; \text{half of } x
    ! \frac12 x
Yes
    = \text{Yes, such a function exists.} ; \text{Yes, it does.} ; \text{Yes: take } f(x)=x
    = \text{Yes — by Zorn's lemma} ; \text{Yes; it converges.} ; \textbf{True} ; Yes!
    = \text{Yes, } f \text{ is continuous} ; \text{Yes, the group is abelian since it has order } p^2 ; \text{YES}
    = yes ; \text{Correct}
    ! \text{Not necessarily} ; \text{No, it does not} ; \text{Yes if } n>2 \text{, no otherwise} ; \text{It depends}
    ! \text{Cannot be determined} ; \text{Unknown}
No
    = \text{No, there is no such function.} ; \text{No, it need not be.} ; \text{No: consider } f(x)=|x|
    = No, since 6 is not prime ; \text{No; counterexample: } x=0 ; \text{NO} ; \text{No, it is not always true.}
    = \text{The claim is false.} ; \text{False}
    ! \text{Yes, there is} ; \text{None} ; \text{No solution} ; 0 ; \text{Not sure} ; \text{No more than 3}
\text{converges}
    = \text{converges.} ; \text{Convergent} ; \text{it is convergent} ; \text{The sequence converges}
    ! \text{The series does not converge} ; \text{diverges} ; \text{The sequence diverges}
C
    = \text{The correct choice is C} ; \text{Option (C)} ; (C). ; \text{C.} ; \{C\} ; **C**
    ! \text{C or D} ; c^2 ; \text{both A and C}
n \equiv 1 \pmod 4
    = n \equiv 1 \mod 4 ; n\equiv 1 (\text{mod } 4) ; n \equiv 1 \ (\mathrm{mod}\ 4) ; n \equiv 5 \pmod{4}
    = n = 4k+1, k\in\mathbb{Z} ; n \equiv 1 \bmod 4
    ! n\equiv 3 \pmod 4 ; n \equiv 1 \pmod 8 ; 1 ; n=1
\alpha + \beta
    = alpha + beta ; α+β ; \beta+\alpha ; α + β
    ! alpha - beta ; \alpha\beta ; a + b
2\sqrt{3}
    = 2√3 ; 2sqrt(3) ; 2*sqrt(3) ; √12 ; 2\sqrt3 ; 2 \cdot \sqrt{3} ; \sqrt{12} ; 2√(3)
    ! 2√2 ; √3 ; 2+√3 ; 3√2
x^2-y^2
    = x²-y² ; x**2-y**2 ; (x-y)(x+y) ; x^{2} - y^{2}
    ! x²+y² ; x2-y2
\text{Monday}
    = Monday ; \text{monday} ; \textbf{Monday} ; Monday. ; \text{It is Monday} ; \text{The day is Monday}
    ! Tuesday ; \text{not Monday} ; \text{Monday or Tuesday}
\text{ellipse}
    = \text{an ellipse} ; \text{The curve is an ellipse} ; ellipse ; \text{Ellipse} ; \text{It is an ellipse.}
    = The graph is an ellipse
    ! \text{hyperbola} ; \text{not an ellipse} ; circle
\frac{2}{3}
    = two thirds ; \text{two-thirds} ; two-thirds
    ! two halves ; three thirds ; two ; one third
\frac{3}{4}
    = three quarters ; three-fourths
    ! three halves
"""


@pytest.mark.parametrize("gold, right, wrong", tables.read(PROSE) + tables.read(NOTATIONS))
def test_prose(gold, right, wrong):
    tables.check(gold, right, wrong)
