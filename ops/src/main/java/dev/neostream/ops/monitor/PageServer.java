package dev.neostream.ops.monitor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one page on loopback, to GET and HEAD, one request a connection.
 *
 * <p>Whoever is on the machine can connect, so nothing grows with the number of connections: a
 * fixed number of threads each serves one at a time, the others wait in the kernel's queue. A
 * connection is closed at its deadline whatever it does, be it sending its request byte by byte or
 * not reading the answer. (The JDK's server bounds neither unless process-wide properties are set
 * before its first class is loaded.)
 */
final class PageServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);

  private static final int THREADS = 4;
  private static final int QUEUE = 32;
  private static final int MAX_HEAD_BYTES = 8 << 10;
  private static final int MAX_REST_BYTES = 64 << 10;
  private static final long ACCEPT_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ServerSocket server;
  private final String path;
  private final Duration limit;
  private final Renderer page;
  private final ScheduledThreadPoolExecutor deadlines;

  private PageServer(ServerSocket server, String path, Duration limit, Renderer page) {
    this.server = server;
    this.path = path;
    this.limit = limit;
    this.page = page;
    deadlines = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "metrics-deadlines"));
    deadlines.setRemoveOnCancelPolicy(true);
  }

  /** A page and its media type. */
  record Page(String mediaType, byte[] body) {}

  /** Makes the page anew for each request. */
  interface Renderer {
    /**
     * @param accept the request's header of that name, empty if there is none
     */
    Page render(String accept) throws IOException;
  }

  /**
   * Starts serving.
   *
   * @param port port on loopback, 0 for any free one
   * @param path the page's path
   * @param limit longest time from the first look at a connection to its end
   * @throws IOException if the port is taken
   */
  static PageServer start(int port, String path, Duration limit, Renderer page) throws IOException {
    var started =
        new PageServer(
            new ServerSocket(port, QUEUE, InetAddress.getLoopbackAddress()), path, limit, page);
    for (int i = 0; i < THREADS; i++) {
      daemon(started::serve, "metrics-" + i).start();
    }
    return started;
  }

  private static Thread daemon(Runnable task, String name) {
    var thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
    // Deadlines of connections that are still open are kept.
    deadlines.shutdown();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket connection = server.accept()) {
        Future<?> deadline =
            deadlines.schedule(() -> cut(connection), limit.toMillis(), TimeUnit.MILLISECONDS);
        try {
          answer(connection);
        } finally {
          deadline.cancel(false);
        }
      } catch (IOException e) {
        LOG.debug("a connection ended early", e);
        // Too many open files is such a failure too, and must not be asked for without a pause.
        LockSupport.parkNanos(server.isClosed() ? 0 : ACCEPT_AGAIN_NS);
      } catch (RuntimeException e) {
        LOG.warn("a request could not be answered", e);
      }
    }
  }

  private static void cut(Socket connection) {
    try {
      connection.close();
    } catch (IOException e) {
      LOG.debug("a connection did not close", e);
    }
  }

  private void answer(Socket connection) throws IOException {
    InputStream in = connection.getInputStream();
    String head = head(in);
    String[] request = head.lines().findFirst().orElse("").split(" ", -1);
    if (head.isEmpty() || request.length != 3 || !request[2].startsWith("HTTP/1.")) {
      send(connection, "400 Bad Request", "", new Page("text/plain", new byte[0]), true);
    } else if (!request[1].split("\\?", 2)[0].equals(path)) {
      send(connection, "404 Not Found", "", text("see " + path + "\n"), !isHead(request));
    } else if (!request[0].equals("GET") && !isHead(request)) {
      send(connection, "405 Method Not Allowed", "Allow: GET, HEAD\r\n", text(""), true);
    } else {
      send(connection, "200 OK", "", page.render(accept(head)), !isHead(request));
    }
    // Closing on unread bytes would reset the connection before its answer is read.
    connection.shutdownOutput();
    in.readNBytes(MAX_REST_BYTES);
  }

  private static boolean isHead(String[] request) {
    return request[0].equals("HEAD");
  }

  private static Page text(String text) {
    return new Page("text/plain", text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns request line and headers; empty if they do not end within the bound. */
  private static String head(InputStream in) throws IOException {
    byte[] bytes = new byte[MAX_HEAD_BYTES];
    int length = 0;
    while (length < bytes.length) {
      int read = in.read(bytes, length, bytes.length - length);
      if (read < 0) {
        return "";
      }
      length += read;
      String head = new String(Arrays.copyOf(bytes, length), StandardCharsets.ISO_8859_1);
      int end = head.indexOf("\r\n\r\n");
      if (end >= 0) {
        return head.substring(0, end);
      }
    }
    return "";
  }

  private static String accept(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("accept:"))
        .map(line -> line.substring("accept:".length()).strip())
        .findFirst()
        .orElse("");
  }

  private static void send(
      Socket connection, String status, String header, Page page, boolean withBody)
      throws IOException {
    var answer = new ByteArrayOutputStream();
    answer.writeBytes(
        ("HTTP/1.1 "
                + status
                + "\r\nContent-Type: "
                + page.mediaType()
                + "\r\nContent-Length: "
                + page.body().length
                + "\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n"
                + header
                + "\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    if (withBody) {
      answer.writeBytes(page.body());
    }
    OutputStream out = connection.getOutputStream();
    answer.writeTo(out);
    out.flush();
  }
}
