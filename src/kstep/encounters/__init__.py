"""The work of people on possible matches: reviews, referrals, encounters, clearances, custody, redress."""
