package dev.neostream.ops.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server on loopback.
 *
 * <p>Whoever is on the machine can connect, so nothing grows without a bound: threads, connections
 * that wait for one, bytes of a body, the time of a request and of every write. Every refusal is
 * JSON as OpenAI's errors are.
 */
public final class LoopbackServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LoopbackServer.class);

  private static final Duration WRITE_LIMIT = Duration.ofSeconds(30);

  static {
    // The JDK reads these when the first server of the process is made. The first is seconds from
    // a connection's first byte to the end of its request. Without the second, the kernel keeps
    // an answer's body, and every event of a stream, for 40 ms after what was sent before.
    setUnlessGiven("sun.net.httpserver.maxReqTime", "30");
    setUnlessGiven("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer http;
  private final Access access;
  private final ThreadPoolExecutor handlers;
  private final ScheduledThreadPoolExecutor deadlines;

  private LoopbackServer(HttpServer http, String name, Limits limits, Access access) {
    this.http = http;
    this.access = access;
    handlers =
        new ThreadPoolExecutor(
            limits.threads,
            limits.threads,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(limits.waiting),
            task -> daemon(task, name));
    deadlines = new ScheduledThreadPoolExecutor(1, task -> daemon(task, name + "-deadlines"));
    deadlines.setRemoveOnCancelPolicy(true);
  }

  /**
   * How much at a time.
   *
   * @param threads requests that are answered
   * @param waiting connections that wait for a thread; further ones are closed
   */
  public record Limits(int threads, int waiting) {}

  /** Answers requests that come from where they may, whether or not they have the token. */
  public interface Routes {
    /**
     * @throws ApiError to refuse
     */
    void answer(Call call) throws IOException, InterruptedException;

    /**
     * Told of every answer just before it is sent, refusals too.
     *
     * @param status of HTTP
     */
    default void answered(String path, int status) {}
  }

  /**
   * Takes a port; nobody is answered yet.
   *
   * @param name of the server's threads
   * @param port on loopback, 0 for any free one
   * @throws java.net.BindException if the port is taken
   */
  public static LoopbackServer bind(String name, int port, Limits limits, Access access)
      throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return new LoopbackServer(HttpServer.create(address, 0), name, limits, access);
  }

  /** Starts to answer. */
  public void serve(Routes routes) {
    http.setExecutor(handlers);
    http.createContext("/", exchange -> handle(exchange, routes));
    http.start();
  }

  private static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static Thread daemon(Runnable task, String name) {
    var thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  public int port() {
    return http.getAddress().getPort();
  }

  /** Ends all requests. */
  @Override
  public void close() {
    http.stop(0);
    handlers.shutdownNow();
    deadlines.shutdownNow();
  }

  private void handle(HttpExchange exchange, Routes routes) throws IOException {
    String path = exchange.getRequestURI().getPath();
    var reply =
        new Reply(exchange, deadlines, WRITE_LIMIT, status -> routes.answered(path, status));
    var call = new Call(exchange, reply);
    try {
      call.answerHeader("X-Content-Type-Options", "nosniff");
      access.requireLocal(call);
      routes.answer(call);
    } catch (ApiError e) {
      refuse(call, e);
    } catch (InterruptedException e) {
      refuse(call, ApiError.unavailable("the server is stopping"));
    } catch (IOException e) {
      LOG.debug("a connection ended early", e);
    } catch (RuntimeException e) {
      LOG.error("a request could not be answered", e);
      refuse(call, ApiError.failed("the server failed"));
    } finally {
      exchange.close();
    }
  }

  private static void refuse(Call call, ApiError error) throws IOException {
    if (call.streams()) {
      call.event(error.json());
      return;
    }
    switch (error.status()) {
      case 401 -> call.answerHeader("WWW-Authenticate", "Bearer");
      case 413 -> call.answerHeader("Connection", "close");
      case 503 -> call.answerHeader("Retry-After", "1");
      default -> {}
    }
    call.json(error.status(), error.json());
  }
}
