-- Ends the owner's claims; those of others stay.
-- KEYS claims   ARGV owner
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then
    redis.call('DEL', KEYS[i])
  end
end
return 0
