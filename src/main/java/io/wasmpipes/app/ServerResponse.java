package io.wasmpipes.app;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpResponseFactory;
import io.micronaut.http.MutableHttpResponse;
import io.wasmpipes.Header;
import io.wasmpipes.adapter.http.HeaderText;
import io.wasmpipes.adapter.http.HttpIngress.Answer;

/** Turns answers into Micronaut's responses. */
final class ServerResponse {
    private ServerResponse() {}

    static HttpResponse<?> of(Answer answer) {
        MutableHttpResponse<byte[]> response = HttpResponseFactory.INSTANCE.status(answer.status(), null);
        for (Header header : answer.headers()) {
            response.getHeaders().add(header.name(), HeaderText.encode(header));
        }
        if (answer.close()) {
            response.getHeaders().set("Connection", "close");
        }
        if (answer.status() != 204) {
            response.body(answer.body().readOnlyArray());
        }
        return response;
    }
}
