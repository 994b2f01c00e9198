package io.wasmpipes.adapter.servicebus;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SinkContract;
import io.wasmpipes.support.ServiceBusFake;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ServiceBusSinkContractTest extends SinkContract {
    private static ServiceBusFake fake;

    @BeforeAll
    static void startFake() {
        fake = ServiceBusFake.start();
    }

    @AfterAll
    static void stopFake() {
        fake.close();
    }

    @Override
    protected String title() {
        return "azuresb sink";
    }

    @Override
    protected Counterpart.ForSink open() {
        return new ServiceBusCounterpart(fake, false);
    }
}
