-- What serving each account took, by month and driver.
select account, month, driver, sum(quantity) as quantity
from service
where month <= $as_of
group by account, month, driver
order by account, month, driver
