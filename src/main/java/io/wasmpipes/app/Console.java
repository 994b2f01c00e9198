package io.wasmpipes.app;

import java.io.PrintStream;
import java.util.Map;

/** Where a command says what it has to say, and the environment it was called in. */
record Console(PrintStream out, PrintStream err, Map<String, String> environment) {
    int say(String text) {
        out.print(text);
        return 0;
    }
}
