"""The final answer of a completion, and the rules of form."""

import pytest
import tables

import reward

EXTRACTION = [
    (r"so \boxed{7}", "7"),
    (r"\boxed {12} is it", "12"),
    (r"\fbox{3}", "3"),
    (r"\boxed 7", "7"),
    (r"first \boxed{1}, then finally \boxed{\frac{a}{b}}.", r"\frac{a}{b}"),
    (r"\boxed{x = 1} \text{ and } \boxed{x = 2}", "x = 1, x = 2"),
    (r"$\boxed{2}$, $\boxed{3}$ and $\boxed{5}$", "2, 3, 5"),
    (r"<think>\boxed{1}</think>\boxed{2}", "2"),
    (r"<think>a</think>\boxed{1}</think>\boxed{2}", "2"),
    (r"The answer is 5. \boxed{}", None),
    (r"\boxed{never closes", None),
    (r"\boxed{\frac{3}{7}", None),
    (r"\boxed{\{1,2\}}", r"\{1,2\}"),
    ("The answer is 42.", "42."),
    ("Answer: 41 was wrong.\nAnswer: 42", "42"),
    ("work\n#### 18", "18"),
    ("**Final Answer**\n\n$$\nx=3\n$$", "x=3"),
    ("\\textbf{Answer:} 42", "42"),
    ("The answer is option C.", "C"),
    ("The answer is sqrt(2).", "sqrt(2)."),
    ("Thus the final answer is $(0, 1)$. I hope it is correct.", "(0, 1)"),
    ("<think>no</think><answer> 6 </answer>", "6"),
    ("", None),
]


COMPLETIONS = r"""
11
    = Therefore, the smaller number is 11.\n\nCheck: 11 + 24 = 35 and 24 - 11 = 13, so both conditions are satisfied.
    = So x = 11. Let's verify: 3(11) + 5 = 38. Both sides agree. ; So it is 11.\n\nI hope this explanation is helpful.
    = So the smallest such number is 11. This is because 9 and 10 are both composite.
    = It seems to be 15, but we forgot one. So the correct number of subsets is 11.
    = Putting this together,\n\[ 5 + 6 = 11. \]\nas desired. Q.E.D.
    = So it is 11.\n\nThis is the value that was asked for.
    = So the number leaves a remainder of 11 when divided by 17. ; So in total we get 11 compositions of n.
    = P(at least one head) = 1 - 0 + 10 = 11. ; Now evaluate at 5: $P(5) = 5 + 6 = 11$. ; So 1 + 2 + ... + x = 11.
    ! At least 11 points are needed. Whether this number suffices is a harder question.
    ! If it is convex, the number would be 11. Without this assumption, more information would be required.
    ! So the number is 11. However, this is not correct. ; So 11 of 12 are even. ; The number is 12. Check: 11 + 1 = 12.
x = 1, y = 2, z = 3
    = Solving this system, we get:\n\nx = 1\ny = 2\nz = 3 ; We obtain $x = 1$, $y = 2$, and $z = 3$. All three hold.
    ! Solving this system, we get:\n\nx = 1\ny = 3\nz = 2
(2, 3), (3, 2), (4, 4)
    = Hence all pairs are:\n- (2, 3)\n- (3, 2)\n- (4, 4)
    ! Hence all pairs are:\n- (2, 3)\n- (3, 2)
f(x) = cx
    = So all solutions are of the form f(x) = cx, where c is an arbitrary real constant.
    ! So all solutions are of the form f(x) = cx + 1, where c is an arbitrary real constant.
n \equiv 1 \pmod 3
    = Thus n^2 + n + 1 is divisible by 3 if and only if n ≡ 1 (mod 3). ; So they are exactly those with n ≡ 1 (mod 3).
    ! Thus it is divisible by 3 if and only if n ≡ 2 (mod 3).
0 < x < 5
    = We find that x must satisfy x > 0 and x < 5, that is, 0 < x < 5.
    ! We find that x must satisfy x > 0 and x < 6, that is, 0 < x < 6.
\text{no solution}
    = Consequently there are no real values of x that satisfy it. ; Hence there do not exist any positive integers.
    = Thus the equation has no solutions in integers.
    ! Thus the equation has two solutions in integers.
\text{the first player}
    = So the first player wins.
    ! So the second player wins.
25
    = We have 49 = x^2 + y^2 + 24, and hence x^2 + y^2 = 25. ; Since 5^2 = 25, x = 25. ; If n is odd, then f(n) = 25.
    = So P(A wins) = 25. ; There are 25 such numbers: 1, 2, 3 and 4. ; So it is 25, or about 25.0.
    = Counting, we find that there are 25 primes less than 98. ; So x = 25.\n\nFeel free to ask for details.
    ! It remains to check whether a = 25 works. ; We need to show that n = 25. ; So it might be 25. ; My guess is 25.
    ! If n = 25, then the product is odd. ; Since n = 25, the product is 50.
    ! The candidates are 25. ; Half of it is 25.
2^n - 1
    = By induction, $f(n) = 2^n - 1$ for all positive integers $n$. ; Hence we get the formula 2^n - 1.
    ! By induction, $f(n) = 2^n$ for all $n > 1$. ; By induction, it is true for 2^n - 1 and 2^n.
x^2 - y^2
    = Multiplying out, (x+y)(x-y) = x^2 - y^2.
    ! Multiplying out, (x+y)^2 = x^2 + 2xy + y^2.
n \ge 3
    = Therefore, the inequality is true for all $n \geq 3$. ; The inequality holds if and only if n ≥ 3.
    ! Therefore, the inequality is true for all $n \geq 4$. ; It is false for n ≥ 3. ; It holds for n = 3.
(3, 4)
    = Solving the system, we find x = 3 and y = 4. ; Since x < y, the only possibility is (x, y) = (3, 4).
    ! Solving the system, we find x = 4 and y = 3.
No
    = Therefore it's not possible to reach the state where all are zero. ; So the number can never be a perfect square.
    = Therefore, such a function does not exist. ; Hence no such integer exists.
    ! Therefore, such a function exists.
infinitely many
    = Therefore, there are infinitely many such primes. ; There is an infinite number of solutions to it.
    ! Therefore, there are 7 such primes.
12
    = Hence there are exactly 12 such pairs. ; Thus, the total number of ways is 3 * 4 = 12.
    = So there are 12 possible values of n between 1 and 100. ; Therefore, we have 12 different arrangements.
    = We conclude that there are 12 solutions. ; Hence the answer is 12.
    = The smallest such n is 12, which completes the proof. ; Therefore, the smallest possible value of x + y is 12.
    = In conclusion, the least number of weighings is 12. ; So, the answer is 12 ways.
    = Altogether there are 12 triangles. ; There are a total of $12$ such integers.
    = This gives us 12 ways to arrange 3 books on 4 shelves. ; We get x = 12, y = 3, and so x is 12.
    = The remainder when 2^100 is divided by 13 is 12.
    = Thus the number of subsets of {1, 2, 3, 4, 5} with this property is 12.
    = Consequently, the answer to the problem is 12. ; Therefore, n = 12. ; Thus n must be equal to 12.
    = Hence, the required sum is equal to $3+4+5=12$. ; It turns out that the number is 12! / 11!, i.e. 12.
    = Hence, at least 12 students are needed. ; We need at least 12 moves, so the minimum number of moves is 12.
    = Therefore, the answer is $\boldsymbol{12}$. ; **12** ; = 12 ; So, we need a minimum of 12 people.
    = The answer: 12 ; ANSWER: 12. ; So the final answer would be 12. ; So the correct answer should be 12.
    = The value of $a+b$ is $12$. ; So a + b = 5 + 7 = 12. ; Therefore, $a+b=5+7=\mathbf{12}$.
    = Adding these gives 12. ; This is 12. ; Since 11 fails, the smallest one is 12.
    = Therefore the maximum number of elements in S is 12. ; Therefore, f(5) = 12. ; Thus f(2) + f(3) = 12.
    = Hence S_10 = 12. ; 12 ; $12$ ; $$12$$ ; \[x = 12\] ; The number of such pairs is twelve.
    = There are twelve such pairs.
    ! Hence there are exactly 13 such pairs. ; So there are 10 possible values of n between 1 and 12.
    ! Therefore, the value cannot be 12. ; The answer is not 12. ; Thus n is greater than 12.
    ! So n must be less than 12. ; Hence n is a multiple of 12.
    ! So there are infinitely many such n, the first being 12. ; The answer is either 11 or 12. ; So n is at most 12.
    ! The minimum is 3, attained at x = 12. ; The remainder when 12 is divided by 5 is 2.
    ! So 13 is the smallest integer greater than 12. ; We cannot determine the answer from 12.
    ! So the answer lies between 10 and 12. ; Therefore the number is 12 million.
    ! This gives us 4 ways to arrange 12 books. ; So the answer is 12^2. ; So there are 2^12 of them.
    ! The sum is 12 + n. ; Therefore, the answer is 12n. ; The number of ways is 12!.
    ! There are no solutions with n = 12. ; Hence n is not 12. ; So x is divisible by 12. ; This contradicts x = 12.
    ! The probability is 1/12. ; So x = -12. ; The answer is approximately 12.3.
    ! The last two digits are 00, not 12. ; Let me try n = 12 and ; The answer is 12 or 13.
\frac{3}{4}
    = The maximum value is 3/4, attained when x = 1/2.
    = Thus the maximum of xy is $\frac34$, attained at $x=y=\frac12$.
    = The minimum value is 3/4 and it occurs when x = y = 1/4. ; So the probability is 3/4.
    = Therefore, the probability that the sum is even is 3/4 = 0.75. ; Hence the ratio is 3/4. ; The limit is 0.75.
    = The answer is 3/4 (or 75%). ; Hence the sum of the series converges to 3/4.
    = Therefore, the largest possible value of the product is 3/4, and this is achieved when a = 2.
    = The value of the integral is $\frac{3}{4}$. ; So x = 3/4 is the only real solution.
    = the probability is $\frac{3}{4}$ (about 0.75) ; Therefore, P(A) = 3/4.
    = Thus, $P(X > 2) = \frac{6}{8} = \frac{3}{4}$. ; Therefore 3/4 is the maximum value.
    = The maximum is thus 3/4, with equality if and only if x = 1.
    = Hence the minimum value is $\dfrac{3}{4}$, when $a=b=c=1$. ; This simplifies to 3/4.
    ! The maximum value is 1/2, attained when x = 3/4. ; The probability of failure is 1 - 3/4.
    ! The answer is at least 3/4. ; So the maximum is 4/3. ; So the minimum is greater than 3/4.
x = 2 or x = 3
    = We conclude that x = 2 or x = 3. ; Therefore, the solutions are x = 2 and x = 3.
    = The roots of the equation are 2 and 3. ; So the only possible values are 2 and 3. ; Thus, x = 2, 3.
    = Hence $x=2$ or $x=3$. ; Thus $x = 2$ and $x = 3$ are the only solutions. ; So x is either 2 or 3.
    = Therefore, the solutions are $x_1 = 2$ and $x_2 = 3$. ; The solution set is {2, 3}.
    = Hence, the values of x are 2, 3. ; Therefore, the real solutions are $x=2,3$. ; So x = 2 or x = 3.
    = The roots are 2 and 3. ; Thus, x is either 2 or 3.
    ! We conclude that x = 2. ; Therefore, the solutions are x = 2 and x = 4. ; So x = 3. ; x lies between 2 and 3.
    ! Therefore, x = 2.
(1, 2)
    = Therefore, the only pair is (1, 2). ; So (x, y) = (1, 2). ; The solution is x = 1, y = 2.
    = Hence the only solution is $(1,2)$. ; Thus, x = 1 and y = 2.
    = Therefore, the only pair of positive integers (m, n) satisfying the equation is (1, 2).
    = Hence $(x,y)=(1,2)$ is the unique solution. ; Therefore, $x=1$ and $y=2$.
    = Therefore, the only solution is (x, y) = (1, 2). ; So the solution is x = 1 and y = 2.
    = Hence the only pair is (1, 2). ; Therefore the solution is $(1,2)$.
    ! Therefore, the only pair is (2, 1). ; So x = 1. ; Thus, y = 1 and x = 2.
    ! Therefore, the pairs are (1, 2) and (2, 1). ; Therefore, the only solution is (2, 1).
f(x) = x^2
    = Thus, f(x) = x^2. ; Hence $f(x)=x^2$ is the only such function.
    = Therefore, the function is f(x) = x^2 for all real x. ; So f(x) = x^2 for all x in R.
    = Therefore, the only function satisfying the equation is $f(x) = x^2$ for all $x$.
    = We conclude that the only solution is $f(x)=x^2$. ; Therefore, the only function is f(x) = x^2.
    = So f(x) = x^2 for all x. ; Hence $f(x)=x^2$ is the only solution.
    ! Thus, f(x) = x^2 + 1. ; Therefore, f(x) = x for all x. ; So f(2) = 4.
    ! Therefore, the only function is f(x) = x.
No
    = Therefore, the answer is no. ; So the answer is No, it is not possible. ; The answer is: No. ; No.
    = No, it is not possible. ; The answer is no, since 5 is odd. ; No, such an arrangement does not exist.
    = So the answer to the question is no. ; **No**
    = The second player does not have a winning strategy, so the answer to the question is no.
    ! Therefore, the answer is yes. ; Yes. ; Yes, it is possible. ; There is no reason to doubt it, so yes.
Yes
    = This shows that it is indeed possible to cut it into 7 smaller squares. ; So it is possible to tile the board.
    = Yes, it is possible. ; So the answer is yes. ; Therefore, the answer is Yes, they can.
    = The answer is yes: take x = 2.
    ! No, it is not possible. ; The answer is no. ; No.
\emptyset
    = Therefore, the solution set is empty. ; So there are no solutions. ; Hence there is no solution.
    = Thus, the equation has no real solutions. ; no solution
    ! So there are two solutions. ; There is one solution. ; Hence there is a solution.
2^{n-1}
    = Therefore, the number of compositions is 2^(n-1). ; So there are 2^{n-1} ways. ; Thus, f(n) = 2^(n-1).
    = Therefore, the number of ways to do this is $2^{n-1}$. ; Hence, the sum is 2^(n - 1).
    = Thus, the answer is 2^(n-1), where n is the number of elements.
    = So the total number of subsets with an even number of elements is 2^n / 2 = 2^(n-1).
    ! So there are 2^n ways. ; Thus, f(n) = 2^n - 1. ; Hence n - 1 of them are even. ; So there are (n-1)^2 ways.
n(n+1)/2
    = Therefore, the sum is n(n+1)/2. ; Hence $S_n = \frac{n(n+1)}{2}$. ; So 1 + 2 + ... + n = n(n+1)/2.
    = Therefore, the maximum number of regions is n(n+1)/2.
    = Thus the sum equals $\frac{n(n+1)}{2}$ for every positive integer $n$. ; The sum is (n^2 + n)/2.
    ! Therefore, the sum is n(n-1)/2. ; So the sum is n(n+1). ; So it is 2.
\sqrt{2}
    = So the minimum distance is sqrt(2). ; Therefore the minimum value is √2.
    = The length of the diagonal is $\sqrt{2}$ units. ; Thus, the side has length $\sqrt2 \approx 1.414$.
    = Therefore, x = sqrt(2). ; Hence the largest k is $k = \sqrt{2}$. ; The limit of the sequence is sqrt(2).
    ! So the minimum distance is 2. ; Therefore the minimum value is 2√2. ; The length is 1.414. ; x^2 = 2
-1
    = So the value is -1. ; Therefore the product of the slopes is -1. ; The minimum is $-1$ at $x=0$.
    = Hence x + y = -1. ; The value of the determinant is –1. ; So it equals -1 for odd n.
    ! So the value is 1. ; It is n - 1. ; So x = n-1. ; The number is 2 - 1.
24
    = The train takes 24 minutes. ; She has 24 apples left. ; He needs to pay $24.
    = Thus they will meet after 24 days. ; It takes 24 hours to fill the pool with 3 pipes. ; So Tom has 24 dollars.
    = The perimeter of the square with side 6 is 24. ; The area is 24 square units. ; It weighs 24 kg in total.
    = 答案为24。 ; 所以答案是24。 ; 因此，最大值为24。 ; 故共有24种不同的方法。 ; 综上，$a+b=24$。 ; 答：需要24天。
    = 故答案为：24 ; 所以 x = 24。 ; 最终答案：$24$。 ; 因此选 24
    ! The train takes 42 minutes. ; He needs 24 more than 6. ; 答案为25。 ; 故共有240种不同的方法。
7
    = We have shown that the smallest possible value of n is 7.
    = Therefore, the largest integer n for which this holds is 7. ; Therefore we must have n = 7, and we are done.
    = Therefore, there are $\boldsymbol{7}$ such numbers. ; Answer: There are 7 such polynomials.
    = The final answer: 7 ; So our final answer is 7 (seven). ; This implies that k = 7. ; This means that a = 7.
    = Solving for x, we get x = 7. ; Simplifying, we find x = 7. ; Substituting back, we obtain that the value is 7.
    = Dividing both sides by 2 gives x = 7. ; Hence the GCD is 7. ; So, gcd(14, 21) = 7.
    = So the greatest common divisor of 14 and 21 is 7. ; Hence the number has 7 digits.
    = Therefore, the last digit of 3^2023 is 7. ; Therefore, the units digit is 7. ; So the remainder is 7.
    = Therefore, x^2 + y^2 has a minimum value of 7. ; The expression attains its maximum value 7 at x = 2.
    = Therefore, the expression has a maximum value of 7 when x = 2.
    = Hence, the maximum is attained at x = 2 and equals 7.
    = The maximum occurs at x = 2, and the maximum value is 7. ; So the maximum value of f(x) on [0, 3] is f(2) = 7.
    = Thus it follows that the sum of all such n is 1 + 2 + 4 = 7. ; So at most 7 rooks can be placed.
    = Therefore, the maximum number of non-attacking rooks is 7. ; So we need 7 colors.
    = Therefore, 7 colors are needed. ; Therefore 7 is the answer. ; I believe the answer is 7. ; It is 7.
    = The result is seven. ; n=7 ; So the only integer solution is n=7. ; So only n = 7 works. ; Only n = 7 works.
    = Thus there is exactly one such n, namely n = 7. ; Hence the only such prime is p = 7.
    = Therefore, the only possible value of p is 7. ; The only prime satisfying the condition is p=7.
    = Thus the degree is 7. ; So Alice has 7 apples, and we are done. ; Thus, there are 7 people at the party.
    = Therefore, the sum of the digits of N is 7. ; Therefore, we can conclude that the value of m + n is 7.
    = Therefore, the number of real roots is 7, as required. ; Thus, m + n = 3 + 4 = 7
    = Therefore, $m+n=3+4=\boldsymbol{7}$. ; So we have 7 as the answer. ; So we choose 7 as our answer.
    = Finally, the answer is therefore 7. ; Thus f takes exactly 7 values. ; So 7 integers satisfy the inequality.
    = Therefore, 7 of the numbers are prime. ; So the distance is 7 units. ; Thus, Bob's age is 7.
    = Therefore Bob is 7 years old. ; Bob was 7 years old. ; The answer is $7$. $\blacksquare$ ; Hence, n = 7. ∎
    = So there are 7 of them. This proves the claim. ; The answer is 7.\n\nLet me know if you have any questions!
    = Hence there are 7 ways.\n\n(Note that order does not matter.) ; **Answer: 7** ; **Final answer:** $7$
    = ### Final Answer\n7 ; Final Answer: \(7\) ; Answer = 7 ; Ans: 7 ; Result: 7 ; Solution: x = 7 ; Total: 7 apples
    = Therefore the area is 7 cm^2. ; So the area equals 7 square centimeters. ; The cost is $7.
    = Each child gets 7 candies. ; She bought 7 of them. ; Thus the train travels at 7 miles per hour.
    = It will take him 7 days to finish the book. ; He will have 7 dollars left after buying 3 books.
    = So 21 / 3 = 7. ; Natalia sold 3+4 = 7 clips in total. ; In total, they have 3 + 4 = 7 marbles.
    = So he has 10 - 3 = 7 left. ; So the total number of marbles they have together is 7 marbles.
    = Therefore, 7 is the only such prime. ; So n = 7 is the smallest positive integer with this property.
    = Thus, the number of solutions is 7. Therefore, there are 7 solutions. ; The final result is **7**.
    = x = 7\n\nThis completes the proof. ; So the answer is 7.\n\nNote: this can also be shown by induction.
    = Therefore, n equals 7. ; we obtain n = 7 as the only solution ; <answer>The answer is 7.</answer>
    = **Answer:** $7$ apples ; The answer is $7$ apples. ; Answer: \(7\) ways ; 最终答案：7 ; 答案是7。 ; 答案：7
    = 故答案为：7。 ; 答案为 $7$ 。 ; 所以答案是 7 ; \boxed{\color{red}{7}} ; \boxed{\large 7}
    = \boxed{\text{Answer: }7} ; **Final Answer:** 7 ; <answer>7</answer> ; <answer>x = 7</answer>
    = <answer>$7$</answer> ; <answer>**7**</answer> ; <answer>Answer: 7</answer> ; Final answer: **7**
    = The answer is **7** cm. ; The final answer is: $\boxed{7}$ ; Answer: $7$ square units
    = The answer is $x = 7$, since $y > 0$. ; <answer>There are 7 ways.</answer> ; The answer is 7 (seven).
    = Answer: 7 Robins
    = Therefore, 100! ends with 7 zeros. ; So there are 7 ways.\n\nFor instance, a square can be cut in 2 ways.
    = So the degree is 7. An example of such a polynomial is P(x) = x^3 + 1, which grows.
    = So there are 7 ways. Interestingly, the next term is a_8 = 34. ; Hence x = 7. In general the value is C(n, k).
    ! We have shown that n is at least 7. ; So n >= 7. ; So n ≤ 7. ; Thus n cannot exceed 7.
    ! So n is one more than 7. ; Therefore n is congruent to 3 modulo 7. ; So n is a factor of 7.
    ! So n is divisible by 7. ; Hence 7 divides n. ; So p is not equal to 7. ; Thus 7 is not a solution.
    ! So there is no solution with n = 7. ; The answer is between 6 and 7. ; The answer is more than 7.
    ! The answer is all multiples of 7. ; So any multiple of 7 works.
    ! The answer is twice 7. ; So the remainder when n is divided by 7 is 3. ; The sum of the 7 numbers is 30.
    ! The mean of the 7 numbers is 4. ; So 7 workers finish in 12 days. ; So each of the 7 children gets 5 candies.
    ! So for n = 7 the answer is 12. ; So the maximum is 12 when x = 7. ; So the answer is 7^2.
    ! So the answer is 7!. ; So the answer is 7n. ; So the answer is -7. ; So the answer is 7 or 9.
    ! So n = 7 and m = 9. ; So the answer is 0.7. ; So x is approximately 7.1. ; I don't know, maybe 7?
    ! It cannot be 7. ; The answer is 7/2. ; So the number of digits is not 7.
    ! The largest is 8, and the smallest is 1, so the difference is 7 times smaller.
    ! Therefore, 8 is the only such prime. ; So n = 8 is the smallest positive integer greater than 7.
    ! The answer is not 7. ; The answer is 8, not 7. ; <answer>The answer is 8.</answer> ; 答案是8。
    ! <answer>Not 7 but 8.</answer> ; The answer is either 7 or 8. ; <answer>7 or 8</answer> ; Answer: $7$ million
2^{1989}
    = Therefore, the sum is $2^{1989}$. ; So there are 2^1989 such subsets.
    = Hence the coefficient sum equals 2^{1989}. ; Thus, the number of such sequences is 2^1989. ; So f(1) = 2^1989.
    = The answer is 2^{1989}, which is a very large number.
    ! Therefore, the sum is 2^1988. ; The sum is 1989. ; So there are 2*1989.
\frac{1}{(n+1)!}
    = Therefore, the sum is 1/(n+1)!. ; Hence a_n = 1/((n+1)!). ; So the integral equals $\frac{1}{(n+1)!}$.
    ! Therefore, the sum is 1/n!. ; So it is (n+1)!.
k^2
    = Therefore, the number of such pairs is k^2. ; So the maximum value of the sum is $k^2$.
    = Thus, the answer is k^2 for any positive integer k. ; So f(k) = k^2.
    = Hence, the minimum possible sum of the n numbers is k^2, when all are equal.
    ! So f(k) = k. ; So k = 2. ; The answer is k^2 + 1.
x(x-1)(x-2)
    = Therefore, the polynomial is P(x) = x(x-1)(x-2). ; So P(x) = x(x - 1)(x - 2).
    = Hence the polynomial is $x^3-3x^2+2x$. ; Thus, P(x) = x^3 - 3x^2 + 2x.
    ! So P(x) = x(x-1). ; So P(2) = 0.
-\frac{1}{2}
    = So the sum is -1/2. ; Therefore, the value of cos(2π/3) is -1/2. ; Thus, x = -0.5.
    = The coefficient is $-\frac12$.
    = Hence the minimum value of the expression is $-\frac{1}{2}$, attained at $x = \frac{\pi}{4}$.
    = Therefore, ab + bc + ca = -1/2. ; So ab+bc+ca has minimum -1/2.
    ! So the sum is 1/2. ; It is 1 - 1/2. ; So the sum is -2.
0
    = Therefore, the sum is 0. ; Hence the limit is zero. ; So the determinant is equal to 0.
    = Therefore x = y = z = 0. ; So the number of solutions is 0. ; Thus the expression equals zero.
    = Therefore f(x) = 0 for all x. ; So the only solution is x = 0. ; The remainder is 0.
    ! Therefore the sum is nonzero. ; So the sum is greater than 0. ; So the number of zeros is 3. ; So f(x) = x.
    ! It is nonzero.
a = b = c
    = Therefore, a = b = c.
    ! Therefore a = b.
\infty
    = Therefore the limit is infinity. ; So there are infinitely many solutions.
    = Hence the sum diverges to infinity.
    ! So there are finitely many solutions. ; The limit does not exist.
10^6
    = So there are 1,000,000 such codes. ; So the total is 10^6 = 1000000. ; So there are $10^6$ possibilities.
    ! So there are 1,000 such codes. ; So the total is 6.
120^\circ
    = So the angle is 120 degrees. ; Therefore, angle BAC = 120°. ; Hence $\angle ABC = 120^\circ$.
    = The measure of the angle is $120^{\circ}$. ; Thus ∠A = 120°.
    ! So the angle is 60 degrees.
B
    = The correct answer is B. ; So the answer is (B). ; Therefore, the correct option is B. ; Answer: B) 12
    = The correct choice is (B) 3x + 1. ; Hence option B is correct. ; 故选B。 ; 答案：B ; 所以答案选 B。
    = So the answer is **B**.
    ! The correct answer is C. ; So the answer is not B. ; Option B is wrong. ; Hence option C is correct. ; 故选C。
36
    = 因此答案为36。 ; 所以共有36种。 ; 即x=36。 ; 故最小值是36. ; 所以 $a+b=36$。 ; 答案：36个 ; **答案：** 36
    = 最终结果为36。 ; 综上所述，n的值为36。 ; 解得 x=36
    ! 所以x不等于36。 ; 答案为63。 ; 所以x大于36。 ; 所以最大值为12，此时x=36。
6
    = Thus the minimum number of lines needed is 6. ; Hence, the number of ways to select the books is C(4,2) = 6.
    = Therefore, there are 4!/(2!2!) = 6 arrangements.
    = So the largest possible value of |x| + |y| is 6, achieved for example at x = 6, y = 0.
    = The answer to the problem is therefore n = 6. ; It's easy to check that 6 works.
    = Therefore the largest such k is k = 6.
    = Hence, k = 6 is the largest integer such that the inequality holds for all real numbers.
    = Thus, the sum of the coefficients of the polynomial is equal to 6. ; In total, that gives 6 possibilities.
    = This gives a total of 6 triangles. ; Therefore, at least 6 points are needed.
    = We find that there are 6 solutions (x, y) in positive integers.
    = The minimum possible value of a + b + c is thus 1 + 2 + 3 = 6. ; So $n=6$ is the smallest possible value.
    = Thus the maximum is 6 (when x = y = z = 1). ; We conclude that the desired number is 6.
    = Therefore the number of elements in the set is exactly six. ; So the number of zeros at the end of 25! is 6.
    = So, the number of digits of 2^17 is 6. ; Hence, the period of the sequence is 6.
    = So the order of 2 modulo 9 is 6. ; The least common multiple of 2 and 3 is 6. ; Thus gcd(a, b) = 6.
    = Thus x_{100} = 6. ; So a_5 = 6. ; Hence $a_{2023} = 6$. ; Therefore, $\sum_{k=1}^{3} k = 6$. ; So $\max f = 6$.
    = Thus the answer is $\frac{12}{2} = 6$. ; $x = 6$ is the answer. ; The final answer is $x+y=6$.
    = So the value of the given expression is 6 ; Therefore, 6 people like both.
    = Each person gets 6 slices, so the answer is 6 slices. ; So John paid $6 in total. ; So Maria has $6.00 left.
    = The length of the third side is 6 inches. ; So she needs 6 more eggs. ; He ran 6 miles. ; So 6 students failed.
    = Therefore, the total is $6. ; Hence, the answer is \(6\). ; Therefore, we need $k=6$ colors.
    = The sum is:\n\n1 + 2 + 3 = 6 ; So the total number is:\n\n3 * 2 = 6 ways ; The answer is\n\n6
    = Therefore the answer is:\n$$6$$ ; Thus:\n\\[ x = 6 \\]
    ! Thus the number is at least 6. ; So the number is 5, not 6. ; So n is the sum of 6 and 1.
    ! So 6 divides the product, giving n = 12. ; So the answer is 6 or 7. ; The answer is 6^n. ; So n > 6.
    ! The maximum exceeds 6. ; Thus n = 6 is impossible. ; So the value 6 is not attained.
    ! The minimum of 7 is attained at n = 6. ; So none of the 6 cases works. ; For n = 6, the value is 15.
    ! So each of the 6 boxes holds 4 balls. ; So 4 of the 6 balls are red. ; We conclude there are no such 6 numbers.
    ! The time is 6:30. ; So x^2 = 6. ; So 2x = 6. ; Therefore, the answer is not unique: n = 5 or n = 6.
    ! So n = 6k. ; So n = 6 + k. ; The probability is 1 in 6. ; It is 6 times as large.
3/2
    = Therefore, the minimum value of the sum is 3/2.
    = Hence the sum is at least 3/2, with equality when a = b = c, so the minimum is 3/2.
    = The minimum value is $\frac{3}{2}$, which occurs when $a=b=c$. ; Therefore, the infinite sum is 3/2.
    = So S = 3/2. ; Therefore, the limit of a_n as n approaches infinity is 3/2. ; The expected value is 1.5.
    = So the answer is 1 1/2. ; The slope is $m = \frac{3}{2}$. ; So the expected number of rolls is 3/2.
    = Thus, $\frac{a}{b+c}+\frac{b}{c+a}+\frac{c}{a+b}$ has minimum value $\frac{3}{2}$.
    ! So the sum is at least 3/2. ; Therefore, S < 3/2. ; The answer is 3. ; The ratio is 3:2 to 1.
    ! The minimum is 2/3.
x^2 + y^2 = 25
    = So the equation of the circle is x^2 + y^2 = 25. ; Therefore, the locus is the circle $x^2+y^2=25$.
    = The equation is therefore $x^2+y^2=25$.
    ! So the radius is 5. ; So the equation is x^2 + y^2 = 5. ; 25
(2, \infty)
    = Therefore, x > 2. ; So the solution is x > 2. ; The solution set is (2, ∞). ; The domain is $(2,\infty)$.
    = So the domain of f is x > 2.
    ! So x < 2. ; So x = 2. ; So x >= 2.
2, 3, 5
    = So the primes are 2, 3, and 5. ; The possible values are 2, 3 and 5. ; Hence n = 2, 3, 5.
    = Therefore, n can be 2, 3, or 5. ; The solutions are n=2, n=3, and n=5.
    = Therefore the only possible values of n are $2,3,5$.
    ! So the primes are 2 and 3. ; So n = 5. ; The values are 2, 3, 7.
n!
    = Therefore, there are n! such permutations. ; So the number of ways is n!. ; Hence f(n) = n! for all n.
    = The answer is $n!$.
    ! There are n such permutations. ; So it is (n-1)!.
\frac{n(n-1)}{2}
    = Therefore, the number of handshakes is n(n-1)/2. ; So the total is $\binom{n}{2}$.
    = Hence the graph has n(n-1)/2 edges.
    ! So the total is n(n+1)/2. ; So the graph has n edges.
1
    = So there is exactly one solution. ; Therefore, there is only one such function. ; So the answer is 1.
    = Hence the answer is one. ; So x = 1 is the only solution.
    ! So there are two solutions. ; One of them is 5. ; So one sees that it is 7.
2500
    = Therefore, the largest possible value of C is 2500. ; So the minimum is 2500, attained when x = 50 and y = 50.
    = Thus we have $C = 2500$. ; Hence the maximum value of xy(x - y) is 2500 when x = 1.
    = The sum is therefore equal to 2500. This completes the solution.
    = Therefore the answer must be 2500, since 50^2 = 2500. ; So there are 2500 such pairs (a, b) with a + b < 100.
    = Thus, f(2) = 2500. ; It follows that the number of integers less than 10000 is 2500.
    = Therefore, C = 2500 is the largest such real number. ; We get 50 * 50 = 2500.
    = So the remainder is 2500 when the number is divided by 9999.
    = Hence, there are a total of 2500 ways to choose the 3 people.
    ! Therefore, the largest possible value of C is 2501. ; So the minimum is 1, attained when x = 2500.
    ! The answer is less than 2500. ; So C cannot be 2500.
2^n-1
    = Therefore, the number of moves is 2^n - 1. ; So the sum is 2^n - 1. ; Hence $f(n) = 2^n - 1$ for all $n$.
    = Thus a_n = 2^n - 1 for all n >= 1. ; Therefore the answer is $2^n-1$.
    = So the number of subsets equals 2^n - 1, where n is the size of the set.
    ! Therefore, the number of moves is 2^n + 1. ; So the sum is 2^n. ; So the sum is 1.
1/2
    = Therefore, the probability is 1/2. ; So the probability is $\frac{1}{2}$.
    = The limit is 1/2 as n goes to infinity. ; Thus the minimum of x^2 + y^2 is 1/2, when x = y = 1/2.
    = Therefore, the value of the expression is 1/2
    ! Therefore, the probability is 2.
\sqrt{2}+1
    = Therefore, the maximum value is sqrt(2) + 1. ; So x = 1 + sqrt(2). ; Hence the value is $1+\sqrt{2}$.
    ! Therefore, the maximum value is sqrt(2).
-3
    = Therefore the minimum value is -3. ; So x = -3. ; The value of the determinant is –3.
    ! Therefore the minimum value is 3.
\frac12
    = \boxed{\frac12}\n\n\boxed{0.5} ; $\boxed{\frac{1}{2}}$ or $\boxed{0.5}$ ; Answer: $\frac12$ (about 0.5)
    = The answer is $\frac12$, i.e. 50%. ; \boxed{\frac{2}{4}}\n\n\boxed{\frac12}
    = Exact: \boxed{\frac12}, numerically \boxed{\approx 0.5}
    ! \boxed{\frac13} or \boxed{\frac12} ; \boxed{\frac13}, \boxed{\frac12}
(1,2)
    = $$\boxed{(1,2)}$$\n$$\boxed{(1, 2)}$$ ; \boxed{(1,2)} and \boxed{(1,2)}
    ! \boxed{(1,2)} and \boxed{(2,1)}
A
    = \boxed{A}\n\n\boxed{\text{A}} ; \boxed{A} or \boxed{(A)}
    ! \boxed{A} or \boxed{B} ; \boxed{B}\n\n\boxed{A}\boxed{B}
2, 3
    = \boxed{2}, \boxed{3} ; \boxed{2} and \boxed{3} and \boxed{2}
    ! \boxed{3}
\sqrt2
    = Exact: \boxed{\sqrt{2}}, numerically \boxed{\approx 1.41421}
8
    ! <answer>Not 8 but 7.</answer> ; The answer is not 8, it is 7. ; The answer is either 7 or 8.
\sqrt{5}
    = \boxed{\sqrt5} \approx \boxed{2.236} ; $\boxed{\sqrt{5}}$ (or $\boxed{5^{1/2}}$)
    ! The answer is not \boxed{\sqrt5}. ; x ≠ \boxed{\sqrt5} ; It cannot be $\boxed{\sqrt{5}}$
    ! $\boxed{\sqrt{5}}$ (or $\boxed{25^{1/2}}$)
2n-1
    = The difference is n^2 - (n-1)^2, which simplifies to 2n - 1. ; Ответ: 2n-1 ; 答案为 $2n-1$．
    ! The difference is 2n - 1, which simplifies to 2n + 1. ; My guess 2n - 1 was wrong.
D
    = The answer is for sure D, it can't be A or B ; D. it can't be A or B ; \beginboxed{D}
    ! The answer cannot be D.
"""


@pytest.mark.parametrize("gold, right, wrong", tables.read(COMPLETIONS))
def test_completions(gold, right, wrong):
    """Whole completions without a box or with several, with \\n for a line break."""

    def correct(text):
        return reward.grade_batch([text.replace(r"\n", "\n")], [gold])[0].correct

    assert [t for t in right if not correct(t)] == []
    assert [t for t in wrong if correct(t)] == []


def test_extraction():
    found = [(text, reward.extract_answer(text, final_line_fallback=False)) for text, _ in EXTRACTION]
    assert found == EXTRACTION


def test_final_line_fallback_can_be_switched_off():
    text = "Some work.\nTherefore the area is $12\\pi$."
    assert reward.extract_answer(text) == r"12\pi"
    assert reward.extract_answer(text, final_line_fallback=False) is None
    assert reward.extract_answer("The train takes 3 hours.") == r"3 \text{ hours}"


def test_format_rules():
    def reason(text, **options):
        return reward.grade_batch([text], ["1"], **options)[0].reason

    assert reason(r"\boxed{1}", require_think_end=True) == "no </think>"
    assert reason(r"</think>\boxed{1}", require_think_end=True) == "equal strings"
    assert reason(r"\boxed{2}\boxed{1}", exactly_one_box=True) == "not exactly one box"
    assert reason(r"\boxed{2}</think>\boxed{1}", exactly_one_box=True) == "equal strings"
    assert reason("1", final_line_fallback=False) == "no answer"
    with pytest.raises(ValueError, match="completions"):
        reward.grade_batch(["a"], [])
    with pytest.raises(ValueError, match="grader"):
        reward.grade_batch(["a"], ["1"], grader="other")
