package io.wasmpipes.contract;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Exceptions as a log would show them, causes included. */
final class Traces {
    private Traces() {}

    static String of(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
