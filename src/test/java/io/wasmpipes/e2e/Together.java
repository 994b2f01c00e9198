package io.wasmpipes.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs checks at the same time that mostly wait. */
final class Together {
    private Together() {}

    /** A check that may throw anything. */
    @FunctionalInterface
    interface Check {
        void run() throws Exception;
    }

    /** @throws AssertionError with the first failure as its cause and the others suppressed */
    static void run(Check... checks) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (Check check : checks) {
                tasks.add(() -> {
                    check.run();
                    return null;
                });
            }
            AssertionError failed = null;
            for (Future<Void> result : threads.invokeAll(tasks)) {
                try {
                    result.get();
                } catch (ExecutionException e) {
                    if (failed == null) {
                        failed = new AssertionError(e.getCause());
                    } else {
                        failed.addSuppressed(e.getCause());
                    }
                }
            }
            if (failed != null) {
                throw failed;
            }
        }
    }
}
