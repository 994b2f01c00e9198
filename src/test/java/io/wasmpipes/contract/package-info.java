/**
 * What every adapter must keep. An adapter's test subclasses {@link io.wasmpipes.contract.SourceContract} and
 * {@link io.wasmpipes.contract.SinkContract} with a counterpart: its system's own client on the other side.
 */
@NullMarked
package io.wasmpipes.contract;

import org.jspecify.annotations.NullMarked;
