package dev.neostream.trainer.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the launcher says on a rank's standard input while the rank trains. When it ends, this
 * process does: a rank never outlives its launcher.
 */
final class LauncherWords {

  private static final Logger LOG = LoggerFactory.getLogger(LauncherWords.class);

  private final Object changed = new Object();
  private volatile boolean stop;
  private volatile RingWord ring;

  /**
   * @param ring that the rank joins first
   */
  LauncherWords(BufferedReader launcher, RingWord ring) {
    this.ring = ring;
    var listener = new Thread(() -> listen(launcher), "launcher");
    listener.setDaemon(true);
    listener.start();
  }

  private void listen(BufferedReader launcher) {
    try (launcher) {
      for (String line = launcher.readLine(); line != null; line = launcher.readLine()) {
        if (line.equals(Node.STOP)) {
          stop = true;
        } else if (line.startsWith(RingWord.BEGIN)) {
          synchronized (changed) {
            ring = RingWord.read(line);
            changed.notifyAll();
          }
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.error("the launcher's pipe broke", e);
    }
    Runtime.getRuntime().halt(1);
  }

  /** Returns whether the rank is to end. */
  boolean stop() {
    return stop;
  }

  /** Returns the ring to be in. */
  RingWord ring() {
    return ring;
  }

  /** Returns whether there is a later ring than the one that was joined. */
  boolean after(RingWord joined) {
    return ring.generation() > joined.generation();
  }

  /** Waits until there is a later ring to join; returns false if there is none in time. */
  boolean awaitAfter(RingWord joined, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (changed) {
      try {
        for (long left = patience.toMillis();
            !after(joined) && left > 0;
            left = (deadline - System.nanoTime()) / 1_000_000) {
          changed.wait(left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return after(joined);
    }
  }
}
