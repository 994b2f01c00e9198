/** Amazon SQS ({@code awssqs:}) and SNS ({@code awssns:}). */
@NullMarked
package io.wasmpipes.adapter.aws;

import org.jspecify.annotations.NullMarked;
