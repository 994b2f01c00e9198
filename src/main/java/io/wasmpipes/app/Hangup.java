package io.wasmpipes.app;

import java.io.Console;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGHUP, by a class of the JDK that is no part of Java SE. A terminal that goes away still ends the process. */
final class Hangup {
    private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

    private Hangup() {}

    /** Runs {@code action} at each signal, in a thread of its own. */
    static void handle(Runnable action) {
        if (Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false)) {
            return;
        }
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandle run = MethodHandles.lookup()
                    .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                    .bindTo(action);
            Object ours = MethodHandleProxies.asInterfaceInstance(handler, MethodHandles.dropArguments(run, 0, signal));
            Object hup = signal.getConstructor(String.class).newInstance("HUP");
            var _ = signal.getMethod("handle", signal, handler).invoke(null, hup, ours);
        } catch (ReflectiveOperationException e) {
            LOG.warn("SIGHUP reloads nothing here: {}", e.toString());
        }
    }
}
