package io.wasmpipes.contract;

import io.wasmpipes.support.FaultProxy;

/** Faults between the adapter and a server that keeps nothing: an outage stands for a kill. */
public record ProxyFaults(FaultProxy proxy) implements Counterpart.Faults {
    @Override
    public void cut() {
        proxy.cut();
    }

    @Override
    public void stall() {
        proxy.stall();
    }

    @Override
    public void heal() {
        proxy.heal();
    }

    @Override
    public void restart() throws InterruptedException {
        proxy.refuse();
        Thread.sleep(300); // the length of the outage
        proxy.heal();
    }
}
