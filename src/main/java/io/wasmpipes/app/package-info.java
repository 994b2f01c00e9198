/** The process: main, wiring, the HTTP server, health and metrics. The only package that reads the environment. */
@NullMarked
package io.wasmpipes.app;

import org.jspecify.annotations.NullMarked;
