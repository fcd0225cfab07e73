"""Units, sums and integrals, constants of integration, conditions and moduli."""

import pytest
import tables

UNITS = r"""
12\text{ cm}^2
    = 12 ; 12\text{ square cm} ; 12\ \mathrm{cm^2}
    ! 12\text{ cm} ; 12\text{ cm}^3 ; 12\text{ m}^2
5\text{ m/s}
    = 5 ; 5\ \mathrm{m/s} ; 5\ \mathrm{m\,s^{-1}} ; 5\,\mathrm{m}/\mathrm{s} ; 5\text{ meters per second}
    ! 5\text{ m/s}^2 ; 5\text{ km/s}
\$5
    = 5 ; 5\text{ dollars}
    ! 5\text{ euros}
45^\circ
    = 45 ; \frac{\pi}{4} ; \frac{\pi}{4}\text{ rad}
    ! 45\text{ rad}
300
    = 300\mathrm{~km}/\mathrm{s} ; 300\ \mathrm{km\,s^{-1}} ; 300\text{ cm}^{-1} ; 300\text{ erg s}^{-1} ; 300\text{ Å}
    = 300''
    = 300\mu m ; 300\text{ u}
    ! 300\text{ dozen}
12:00
    = 12:00:00
    ! 1:00
671.02
    = 671.023 ; \frac{33551}{50}
    ! 671.0 ; 671 ; 671.1
17.001
    ! 17 ; 17.0
2
    = 2\text{ g} ; 2g
    ! 2g1 ; 2g3 ; 12g1
3.14
    = 3.1416 ; \pi
    ! 3.1
52_8
    = 52_8
    ! 52_9
"""

SUMS = r"""
\sum_{n=1}^\infty \frac{1}{n^2}
    = \frac{\pi^2}{6}
    ! \frac{\pi^2}{8} ; 1.6449
\sum_{k=1}^n k
    = \frac{n(n+1)}{2}
    ! \frac{n^2}{2}
\int_0^1 x^2\,dx
    = \frac13
    ! \frac12
\int_0^\infty\frac{dx}{1+x^2}
    = \frac{\pi}{2} ; \int\limits_0^\infty \frac{1}{1+x^2}\,dx
    ! \frac{\pi}{3}
\frac{\ln 2}{2}
    = \int_0^1\frac{x\,dx}{1+x^2}
\lim_{x\to 0}\frac{\sin x}{x}
    = 1
    ! 0
y=C_1e^x+C_2e^{-x}
    = y=Ae^x+Be^{-x} ; y=c_2e^x+c_1e^{-x}
    ! y=C_1e^x+C_2e^x ; y=Ae^x+Ae^{-x}
C
    ! B ; A
x^2+C
    = x^2+K ; x^2+c
    ! x^2 ; x^2+Cx
Ce^{2x}
    = Ae^{2x}
    ! Ae^{x}
a^2+b^2-2ab\cos C
    ! a^2+b^2-2ab\cos A ; a^2+b^2-2ab\cos B
\frac{c}{2}
    ! \frac{A}{2} ; \frac{K}{2}
\frac12
    = \frac12\text{ or }0.5 ; 0.5,\frac12
    ! \frac12,\frac12 ; \frac12\text{ or }0.6
3
    = 3\pmod 7 ; \dim V=3 ; \gcd(a,b)=3 ; \max f=3
    ! 4\pmod 7 ; 10\pmod 7
10
    = {}^5C_2 ; {}_5C_3
    ! 3\pmod 7
x^2C_1
    ! 2x
x\equiv 3\pmod 7
    = x\equiv 10\pmod 7
    ! 3 ; x\equiv 3\pmod 5
n^2
    = n^2\quad(n\ge1) ; n^2, n>0
    ! n^3\quad(n\ge1)
180-2\alpha
    = 180^\circ-2\alpha
    ! 90-2\alpha
"""


@pytest.mark.parametrize("gold, right, wrong", tables.read(UNITS) + tables.read(SUMS))
def test_values(gold, right, wrong):
    tables.check(gold, right, wrong)
