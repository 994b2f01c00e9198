package io.wasmpipes.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks the management port of this machine whether the pipe lives: the health check of the image, which has no curl. */
public final class Probe {
    private static final int PATIENCE_MILLIS = 2000;
    private static final String OFF = "off";

    private Probe() {}

    public static void main(String[] args) {
        String port = System.getenv().getOrDefault("MANAGEMENT_PORT", "8081");
        System.exit(port.equals(OFF) || lives(Integer.parseInt(port)) ? 0 : 1);
    }

    static boolean lives(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write("GET /healthz/liveness HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String head = new String(in.readNBytes("HTTP/1.1 200".length()), StandardCharsets.US_ASCII);
            return head.equals("HTTP/1.1 200");
        } catch (IOException e) {
            return false;
        }
    }
}
