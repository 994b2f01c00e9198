package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Stage;
import io.wasmpipes.app.ModuleChain.Loaded;
import io.wasmpipes.config.ProblemReport;
import io.wasmpipes.module.ModuleImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts modules that have changed in the place of those that run: when it is asked to, and as often as WASM_RELOAD says. One
 * that cannot take over leaves the old ones running. Thread-safe.
 */
final class Reloader {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    private final ModuleChain chain;
    private final Telemetry telemetry;
    private final Target target;
    private List<Loaded> running;
    private String complaint = "";

    /** What the stages are for. */
    @FunctionalInterface
    interface Target {
        /** @throws ConfigException if they cannot take over; then nothing has changed */
        void replace(List<Stage.Factory> stages) throws ConfigException;
    }

    /** {@code running} is what {@code target} has now. */
    Reloader(ModuleChain chain, List<Loaded> running, Telemetry telemetry, Target target) {
        this.chain = chain;
        this.running = running;
        this.telemetry = telemetry;
        this.target = target;
    }

    static List<Stage.Factory> stages(List<Loaded> loaded) {
        return loaded.stream().map(Loaded::stage).toList();
    }

    /**
     * Looks at every module, and takes over those that have changed. Blocks while they are read and compiled.
     *
     * @return the names of the changed ones
     * @throws ConfigException if one of them cannot be loaded, or refuses to start
     */
    synchronized List<String> reload() throws ConfigException {
        try {
            return take(chain.read());
        } catch (ConfigException e) {
            telemetry.reloaded(false);
            throw e;
        }
    }

    private List<String> take(List<ModuleImage> images) throws ConfigException {
        List<Loaded> fresh = chain.load(images, running);
        List<String> changed = new ArrayList<>();
        for (int i = 0; i < fresh.size(); i++) {
            if (!fresh.get(i).equals(running.get(i))) {
                changed.add(fresh.get(i).stage().name());
            }
        }
        if (!changed.isEmpty()) {
            target.replace(stages(fresh));
            for (Loaded module : fresh) {
                if (changed.contains(module.stage().name())) {
                    LOG.info("{} reloaded {}", module.stage().name(), module.digest());
                }
            }
            running = fresh;
            telemetry.reloaded(true);
        }
        complaint = "";
        return List.copyOf(changed);
    }

    /** The same by itself; what is wrong is logged, once while it is the same. */
    synchronized void reloadQuietly() {
        try {
            List<String> changed = reload();
            if (changed.isEmpty()) {
                LOG.debug("no module has changed");
            }
        } catch (ConfigException e) {
            complain(e);
        }
    }

    private void complain(ConfigException e) {
        String why = e.problems().stream().map(ProblemReport::line).collect(Collectors.joining("; "));
        if (!why.equals(complaint)) {
            complaint = why;
            LOG.warn("the modules that run stay, the new ones cannot take over: {}", why);
        }
    }

    /** Looks every so often until the process ends. */
    void watch(Duration every) {
        Thread.ofPlatform().name("reload").daemon().start(() -> {
            List<String> before = List.of();
            try {
                while (true) {
                    Thread.sleep(every);
                    before = look(before);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Takes over what has changed and was the same at the last look: a compiler may still be writing it. */
    private synchronized List<String> look(List<String> before) {
        try {
            List<ModuleImage> images = chain.read();
            List<String> digests = images.stream().map(ModuleImage::digest).toList();
            boolean changed =
                    !digests.equals(running.stream().map(Loaded::digest).toList());
            if (changed && digests.equals(before) && complaint.isEmpty()) {
                take(images);
            } else if (!changed || !digests.equals(before)) {
                complaint = "";
            }
            return digests;
        } catch (ConfigException e) {
            telemetry.reloaded(false);
            complain(e);
            return before;
        }
    }
}
