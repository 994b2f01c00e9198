package io.wasmpipes.contract;

import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** An end of an adapter as its contract test sets it up, to be joined with others to pipes. */
final class ContractEnd implements AutoCloseable {
    private static final Set<Class<?>> STARTED = new LinkedHashSet<>();

    private final AdapterContract contract;

    private ContractEnd(AdapterContract contract) {
        this.contract = contract;
    }

    /** The contract tests of one kind, in the order of their names: a new adapter is among them by itself. */
    static List<Class<?>> systems(Class<? extends AdapterContract> kind) {
        return named(kind, "ContractTest");
    }

    /** The contracts of other settings of systems that have a test: they are soaks. */
    static List<Class<?>> variants(Class<? extends AdapterContract> kind) {
        return named(kind, "ContractSoak");
    }

    private static List<Class<?>> named(Class<? extends AdapterContract> kind, String ending) {
        return ReflectionSupport.findAllClassesInPackage(
                        "io.wasmpipes",
                        type -> kind.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers()),
                        name -> name.endsWith(ending))
                .stream()
                .sorted(Comparator.comparing(Class::getName))
                .toList();
    }

    /** Starts, once, what the contract test starts for all its clauses, and opens a counterpart of its own. One thread. */
    static ContractEnd open(Class<?> test) throws Exception {
        if (STARTED.add(test)) {
            runStatic(test, BeforeAll.class);
        }
        Constructor<?> constructor = test.getDeclaredConstructor();
        constructor.setAccessible(true);
        ContractEnd end = new ContractEnd((AdapterContract) constructor.newInstance());
        try {
            end.contract.joinPipe();
            return end;
        } catch (Exception e) {
            end.close();
            throw e;
        }
    }

    private static void runStatic(Class<?> test, Class<? extends Annotation> when) throws Exception {
        for (Method method : AnnotationSupport.findAnnotatedMethods(test, when, HierarchyTraversalMode.TOP_DOWN)) {
            method.setAccessible(true);
            method.invoke(null);
        }
    }

    /** Ends what was started for all. */
    static void stopAll() throws Exception {
        for (Class<?> test : STARTED) {
            runStatic(test, AfterAll.class);
        }
        STARTED.clear();
    }

    AdapterContract contract() {
        return contract;
    }

    Counterpart counterpart() {
        return contract.counterpart();
    }

    @Override
    public void close() {
        try {
            contract.closeCounterpart();
        } catch (Exception e) {
            throw new AssertionError("cannot close " + contract.title(), e);
        }
    }
}
