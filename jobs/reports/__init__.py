"""What people are told at a set time, whether anything is wrong or not."""
