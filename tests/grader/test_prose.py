"""Options, sentences and notes around an answer, yes and no with their reasons."""

import pytest
import tables

PROSE = r"""
B
    = B) y = 6 ; (B) 3+\sqrt2 ; Option B ; Option B) ; Option B: II and III only ; \textbf{(B)}\ 3(1+r)^x=7
    = B. -0.135
    = \text{Option B: 3, 4} ; B) P(A) = 0.5 ; \text{B: the rest} ; Choice B
    ! C) y = 6 ; (B) and (C) ; B, C ; (A) x or (B) y ; (B)^2 ; (B)+1 ; Option C: B ; B=5 ; (B)(C)
-\frac12
    = (b) -\frac12 ; \text{(b) -0.5} ; B) -\frac{1}{2} ; Option D: -1/2
    ! (b) \frac12 ; (b) x-\frac12 ; (b)(-\frac12)^2
3
    = \text{The rank of the matrix is 3.} ; The sum of the series is $3$. ; 3 \text{ (since } x>0)
    = \text{exactly 3 solutions}
    = 3 \quad (\text{since } n>2) ; x=3 \text{ is the unique solution} ; \text{Answer: } 3
    = \text{Minimum value: } 3
    = 3 \text{ at } (1,2) ; 3 \text{ (attained at } x=2) ; \text{There are } 3 \text{ solutions} ; 3^{rd}
    = 3^{\mathrm{rd}}
    ! \text{The rank is at most 3.} ; \text{The rank is not 3.} ; The value is between 2 and 3.
    ! \text{The answer is a multiple of 3}
    ! 3 \text{ quarters} ; 3 \text{ tenths} ; 3 \text{ dozen} ; 3 \text{ factorial} ; 3 \text{ pairs}
    ! 3 \text{ million dollars}
    ! 3 \text{ inverse} ; 3 \text{ incorrect} ; The sum of 1 and 3 is 4 ; 3 \text{ at least}
36
    = 3 \text{ dozen} ; \text{3 dozen eggs}
\frac34
    = 3 \text{ quarters} ; 3 \text{ fourths}
No
    = \text{No, this is not true.} ; \text{No, but true if } X \text{ is compact} ; \text{It is not true.}
    = \text{no such function exists}
    = \text{False. The converse is true.} ; \text{No} \text{ because } f \text{ jumps}
    ! \text{Yes} ; \text{No, yes} ; \text{Yes/No} ; \text{no solution} ; \text{True} ; \text{No. Yes.}
Yes
    = \text{Yes, by compactness} ; \text{It is true.}
    ! \text{Yes or no} ; \text{Yes, it is not} ; \text{not true} ; \text{It is false}
\text{converges}
    = \text{convergent} ; \text{The series converges.} ; \text{The series is convergent}
    = \text{The improper integral converges}
    ! \text{diverges} ; \text{The series diverges} ; \text{not convergent} ; \text{conditionally convergent}
\text{does not exist}
    = \text{The limit does not exist.} ; \text{Limit does not exist}
    ! \text{exists} ; \text{The limit exists}
"""


@pytest.mark.parametrize("gold, right, wrong", tables.read(PROSE))
def test_prose(gold, right, wrong):
    tables.check(gold, right, wrong)
