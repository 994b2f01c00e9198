/** Where guest modules come from: bytes and their digest, without any knowledge of WebAssembly. */
@NullMarked
package io.wasmpipes.module;

import org.jspecify.annotations.NullMarked;
