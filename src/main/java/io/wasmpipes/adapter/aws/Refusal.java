package io.wasmpipes.adapter.aws;

import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import java.net.UnknownHostException;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What AWS says when it refuses a request or one entry of it, in words for people.
 *
 * @param code such as {@code QueueDoesNotExist}, without the prefix of older protocols
 */
record Refusal(String code, String message) {
    private static final Set<String> OF_THE_MESSAGE = Set.of(
            "InvalidMessageContents",
            "InvalidParameterValue",
            "InvalidParameter",
            "InvalidAttributeValue",
            "InvalidAttributeName",
            "MissingParameter",
            "InvalidParameterCombination",
            "MessageTooLong",
            "BatchRequestTooLong",
            "ValidationError");
    private static final Set<String> MISSING =
            Set.of("QueueDoesNotExist", "NonExistentQueue", "NotFound", "NotFoundException", "QueueDeletedRecently");
    private static final Set<String> UNKNOWN_CALLER = Set.of(
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidAccessKeyId",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "IncompleteSignature");
    private static final Set<String> FORBIDDEN =
            Set.of("AccessDenied", "AccessDeniedException", "AuthorizationError", "InvalidSecurity");
    private static final Set<String> GONE =
            Set.of("ReceiptHandleIsInvalid", "MessageNotInflight", "InvalidParameterValue");

    static Refusal of(AwsServiceException e) {
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        String message =
                e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorMessage();
        return of(code == null ? "HTTP " + e.statusCode() : code, message == null ? "no reason given" : message);
    }

    static Refusal of(String code, String message) {
        String plain = code.substring(code.lastIndexOf('.') + 1).replaceAll("^.*#", "");
        return new Refusal(plain, String.valueOf(message));
    }

    /** Whether the request or entry is at fault, and would be refused again by a queue that works. */
    boolean ofTheMessage() {
        return OF_THE_MESSAGE.contains(code);
    }

    /** Whether a new login may help. */
    boolean ofTheCaller() {
        return UNKNOWN_CALLER.contains(code) || FORBIDDEN.contains(code);
    }

    /** Whether we are who we say, and may not do this. */
    boolean forbidden() {
        return FORBIDDEN.contains(code);
    }

    /** Whether a delivery is no longer ours to settle. */
    boolean ofTheReceipt() {
        return GONE.contains(code);
    }

    /** The failure of a message that was refused at {@code place}. */
    PipeException failure(String place, boolean senderFault) {
        return ofTheMessage()
                        || (senderFault
                                && !ofTheCaller()
                                && !MISSING.contains(code)
                                && !code.regionMatches(true, 0, "KMS", 0, 3))
                ? new PoisonException(place + " refuses a message: " + code + ": " + message)
                : outage(place);
    }

    TransientException outage(String place) {
        if (MISSING.contains(code)) {
            return TransientException.outage(place + " does not exist, or not in this region and account");
        }
        if (UNKNOWN_CALLER.contains(code)) {
            return TransientException.outage("AWS refuses the credentials for " + place + ": " + code);
        }
        return TransientException.outage(
                forbidden()
                        ? "AWS forbids it for " + place + ": " + message
                        : place + " fails: " + code + ": " + message);
    }

    /** The outage behind {@code e}: no answer, or an answer that says so. Its text holds no secret, its cause is left out. */
    static TransientException outage(String place, RuntimeException e) {
        if (e instanceof AwsServiceException service) {
            return of(service).outage(place);
        }
        if (e instanceof ApiCallTimeoutException) {
            return TransientException.outage(place + " does not answer in time", e);
        }
        Throwable root = e;
        while (e instanceof SdkException && root.getCause() != null) {
            root = root.getCause();
        }
        String why = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        if (why.startsWith("Unable to load region")) {
            return TransientException.outage("no region for " + place + ": set region= or AWS_REGION");
        }
        if (why.startsWith("Unable to load credentials")) { // what follows lists every place that was looked at
            return TransientException.outage(
                    "no credentials for " + place + ": set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or profile=");
        }
        return TransientException.outage(
                place + " cannot be reached: " + (root instanceof UnknownHostException ? "unknown host " : "") + why);
    }
}
