-- Lets others take over at once what this consumer has not settled, and forgets its name if nothing is left.
-- KEYS stream   ARGV group, consumer, idle in ms, whether to forget (1 or 0)
local from, page = '-', {}
repeat
  page = redis.call('XPENDING', KEYS[1], ARGV[1], from, '+', 100, ARGV[2])
  for _, pending in ipairs(page) do
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, pending[1], 'IDLE', ARGV[3], 'JUSTID')
    from = '(' .. pending[1]
  end
until #page < 100
if ARGV[4] == '1' and #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) == 0 then
  redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
end
return {}
