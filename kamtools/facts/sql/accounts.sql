-- Every account known: the accounts table, and the ids that only the ledger knows.
select account, name_zh, name_en, parent, segment, region, owner, true as listed
from accounts
union all
select distinct l.account, null, null, null, null, null, null, false
from months l
where l.account <> '' and l.account not in (select account from accounts)
order by account
