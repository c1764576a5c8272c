-- Sizes of markets and wallets must be in the company's currency: they have no date to convert at.
select currency, name, count(*) as rows from (
    select currency, 'markets' as name from markets
    union all select currency, 'wallets' from wallets
)
where currency <> $currency
group by currency, name
order by name, currency
