package io.wasmpipes.adapter.servicebus;

import java.time.Duration;

/** Who holds the locks of deliveries. Any thread. */
interface Holder {
    /** Where {@code delivery} is settled: by its own inbox, or by the newest. */
    Inbox inbox(ServiceBusDelivery delivery, Inbox newest);

    /** Keeps a claimed delivery until {@code delay} is over and gives it back then; false if it is to be given back now. */
    boolean park(ServiceBusDelivery delivery, Duration delay);

    /** Lets go of what is settled or lost. */
    void remove(ServiceBusDelivery delivery);
}
