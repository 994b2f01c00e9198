package io.wasmpipes.adapter.servicebus;

import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.SourceContract;
import io.wasmpipes.support.ServiceBusFake;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ServiceBusSessionContractSoak extends SourceContract {
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
        return "azuresb source with sessions";
    }

    @Override
    protected Counterpart.ForSource open() {
        return new ServiceBusCounterpart(fake, true);
    }
}
