/** Objects in the stores of clouds, for those who fetch them: where they are and as whom they are asked for. */
@NullMarked
package io.wasmpipes.bucket;

import org.jspecify.annotations.NullMarked;
