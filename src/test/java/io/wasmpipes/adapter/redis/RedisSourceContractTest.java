package io.wasmpipes.adapter.redis;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;
import io.wasmpipes.support.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisSourceContractTest extends SourceContract {
    private static RedisServer server;

    @BeforeAll
    static void startServer() {
        server = RedisServer.start(RedisCounterpart.SWITCHES);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    protected String title() {
        return "redis source";
    }

    @Override
    protected Counterpart.ForSource open() {
        return new RedisCounterpart(server, "?group=g&idle=1s&create=true");
    }
}
