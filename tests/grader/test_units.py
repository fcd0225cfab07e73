"""Units as benchmarks write them: one may be missing, two different ones differ."""

import pytest
import tables

UNITS = r"""
12\text{ cm}^2
    = 12 ; 12\,\mathrm{cm}^{2} ; 12 cm^2 ; 12\text{ square cm} ; 12\text{ sq. centimeters} ; 12 \text{ cm squared}
    = 12 \text{ cm²}
    ! 12\text{ cm} ; 12\text{ cm}^3 ; 12\text{ m}^2 ; 13\text{ cm}^2 ; 12 cm
5\text{ m/s}
    = 5 ; 5 m/s ; 5\,\mathrm{m\,s^{-1}} ; 5 \text{ meters per second} ; 5 \mathrm{~m} / \mathrm{s}
    = 5\ \mathrm{m}\cdot\mathrm{s}^{-1}
    ! 5\text{ m/s}^2 ; 5\text{ km/h} ; 5 m/s^2 ; 5\text{ m} ; 5\text{ s} ; 5 km/h
300 \mathrm{~km} / \mathrm{s}
    = 300 ; 300\text{ km/s} ; 300\,\mathrm{km\,s^{-1}} ; 300 km/s
    ! 300\text{ km/h} ; 300 \mathrm{~km}
300
    = 300 \mathrm{~km} / \mathrm{s} ; 300 \mathrm{km\,s^{-1}} ; 300\ \mathrm{km/s} ; 300 km/s
    = 300\;\frac{\text{km}}{\text{s}}
    ! 300 \mathrm{~km} / 2
14903
    = 14903 \text{ cm}^{-1} ; 14903\,\mathrm{cm^{-1}} ; 14903\ cm^{-1}
3.83e35
    = 3.83\times10^{35} \text{ erg s}^{-1} ; 3.83 \times 10^{35}\ \mathrm{erg/s} ; 3.83e35
9.6
    = 9.6 \text{ Å} ; 9.6 Å ; 9.6\,\AA ; 9.6\ \text{\AA} ; 9.6 \text{ angstroms}
    ! 9.7 Å
0.49
    = 0.49'' ; 0.49" ; 0.49\text{ arcsec} ; 0.49^{\prime\prime} ; 0.49 \text{ arcseconds}
50
    = 50 \mu m ; 50 \mu\text{m} ; 50\,\mathrm{\mu m} ; 50 μm ; 50 \text{ micrometers} ; 50 \text{ microns}
    = 50\ \text{µm}
    ! 50\mu
1.5
    = 1.5 \text{ u} ; 1.5\ \mathrm{u} ; 1.5 \text{ amu} ; 1.5\text{ N} ; 1.5\ \mathrm{eV} ; 1.5 eV
    = 1.5\text{ kJ/mol} ; 1.5\ \mathrm{J\,kg^{-1}\,K^{-1}} ; 1.5\text{ J/(kg K)} ; 1.5 \mathrm{~K}
    = 1.5\ \mathrm{W/m^2} ; 1.5 \text{ L} ; 1.5 \text{ g/cm}^3 ; 1.5 \Omega ; 1.5\text{ hours} ; 1.5\text{ min}
    = 1.5 \text{ minutes} ; 1.5\,\mathrm{M}_\odot ; 1.5 \text{ lb-sec/ft} ; 1.5 M_{\odot} ; 1.5\text{ mol}^{-1}
\$5
    = 5 ; \$5.00 ; 5\text{ dollars} ; 5 dollars ; 5 USD
    ! 5 \text{ euros} ; €5 ; 5 euros ; £5 ; 5 pounds
€5
    = 5 ; 5 \text{ euros}
    ! \$5 ; 5 dollars
5 \text{ euros}
    = €5 ; 5€
    ! \$5
45^\circ
    = 45 ; 45\text{ degrees} ; \frac{\pi}{4} ; \frac\pi4\text{ rad} ; \frac{\pi}{4} \text{ radians}
    ! 45 \text{ rad} ; 45 \text{ radians} ; 45 rad
\frac{\pi}{4}
    = 45^\circ ; \frac{\pi}{4}\text{ rad}
    ! 45
45 \text{ rad}
    = 45
    ! 45^\circ
25^\circ \text{C}
    = 25 ; 25^\circ ; 25^{\circ}C ; 25\text{ degrees Celsius} ; 25 °C
    ! 25^\circ F ; 25^\circ\text{F}
3\text{ hours}
    = 3 hours ; 3\text{ hr} ; 3 h
    ! 3\text{ minutes} ; 3 min
2mg
    = 2gm
    ! 2
10
    = 10m ; 10\text{ m} ; 10 \text{ meters} ; 10\text{ m}^2 ; 10\text{ square units} ; 10 \text{ apples}
    = 10\text{ apples per day} ; 10 \text{ dollars per hour} ; 10 \text{ units}^2 ; 10 \text{ cubic feet of water}
    ! 10x ; 10/\text{x}
12 \text{ dollars per hour}
    = 12\text{ dollars/hour} ; 12
    ! 12\text{ dollars}
60 \text{ mph}
    = 60 \text{ miles per hour} ; 60 mi/h ; 60 \text{ miles/hour}
    ! 60 \text{ miles} ; 60 \text{ km/h}
4\text{ days}
    = 4 \text{ days in total} ; 4 \text{ days total}
    ! 4 \text{ weeks}
6\text{ ft } 2\text{ in}
    ! 6
3\text{ cm}, 4\text{ cm}
    = 3, 4 ; 3, 4\text{ cm}
    ! 3\text{ m}, 4\text{ m}
\frac{3}{2}\text{ cm}
    = 1.5 cm ; 1.5
x\text{ cm}
    = x
9.8\ \mathrm{m/s^2}
    = 9.8 m/s^2 ; 9.8\ \mathrm{m\,s^{-2}} ; 9.8 \frac{\text{m}}{\text{s}^2}
    ! 9.8 m/s ; 9.8 s
2\pi\text{ m}
    = 2\pi ; 2\pi m
100\text{ cm}^2
    ! 100\text{ cm}^{-2}
5\text{ pounds}
    = 5\text{ lb} ; 5\text{ lbs} ; 5
    ! 5\text{ kg} ; \$5
8 \text{ square inches}
    = 8 \text{ in}^2 ; 8\text{ sq in}
    ! 8\text{ inches}
2\mathrm{N}
    = 2 ; 2\text{ N}
"""


@pytest.mark.parametrize("gold, right, wrong", tables.read(UNITS))
def test_units(gold, right, wrong):
    tables.check(gold, right, wrong)
