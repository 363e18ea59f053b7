package dev.neostream.ops.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * What is sent back on one connection. A client that does not read what is sent to it loses the
 * connection after a while, whatever the JDK's server would allow it: a thread that waits for a
 * channel closes it when it is interrupted.
 */
final class Reply {

  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

  private final HttpExchange exchange;
  private final ScheduledExecutorService deadlines;
  private final Duration limit;
  private final IntConsumer answered;
  private OutputStream stream;

  /**
   * @param limit longest time that one write may take
   * @param answered told the HTTP status just before it is sent
   */
  Reply(
      HttpExchange exchange,
      ScheduledExecutorService deadlines,
      Duration limit,
      IntConsumer answered) {
    this.exchange = exchange;
    this.deadlines = deadlines;
    this.limit = limit;
    this.answered = answered;
  }

  /** Whether events are being sent, so that nothing else can be. */
  boolean streams() {
    return stream != null;
  }

  void send(int status, String mediaType, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", mediaType);
    answered.accept(status);
    write(
        () -> {
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.getResponseBody().close();
        });
  }

  /**
   * Sends one event of a stream, which the first one begins.
   *
   * @param data one line
   */
  void event(byte[] data) throws IOException {
    if (stream == null) {
      answered.accept(200);
    }
    write(
        () -> {
          if (stream == null) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.getResponseHeaders().set("Cache-Control", "no-cache");
            exchange.sendResponseHeaders(200, 0);
            stream = exchange.getResponseBody();
          }
          stream.write(DATA);
          stream.write(data);
          stream.write(END);
          stream.flush();
        });
  }

  /** Ends a stream. */
  void end() throws IOException {
    write(stream::close);
  }

  private interface Write {
    void run() throws IOException;
  }

  private void write(Write write) throws IOException {
    Thread writer = Thread.currentThread();
    var late = new Interrupt(writer);
    Future<?> deadline = deadlines.schedule(late, limit.toMillis(), TimeUnit.MILLISECONDS);
    try {
      write.run();
    } finally {
      deadline.cancel(false);
      late.over();
    }
  }

  /** Interrupts a thread unless what it does is over, and leaves no trace if it is. */
  private static final class Interrupt implements Runnable {

    private final Thread thread;
    private boolean over;

    Interrupt(Thread thread) {
      this.thread = thread;
    }

    @Override
    public synchronized void run() {
      if (!over) {
        thread.interrupt();
      }
    }

    /** Called by the thread itself. */
    synchronized void over() {
      over = true;
      Thread.interrupted();
    }
  }
}
