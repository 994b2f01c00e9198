package io.wasmpipes.adapter.http;

import io.wasmpipes.adapter.http.HttpIngress.Answer;

/** A request is not let in; carries what its sender is told. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    RefusedException(Answer answer) {
        super(Integer.toString(answer.status()), null, false, false);
        this.answer = answer;
    }

    Answer answer() {
        return answer;
    }
}
