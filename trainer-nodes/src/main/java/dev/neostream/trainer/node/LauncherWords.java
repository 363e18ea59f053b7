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
  private volatile int generation;

  /**
   * @param generation number of the ring that the rank joins first
   */
  LauncherWords(BufferedReader launcher, int generation) {
    this.generation = generation;
    var listener = new Thread(() -> listen(launcher), "launcher");
    listener.setDaemon(true);
    listener.start();
  }

  private void listen(BufferedReader launcher) {
    try (launcher) {
      for (String line = launcher.readLine(); line != null; line = launcher.readLine()) {
        if (line.equals(Node.STOP)) {
          stop = true;
        } else if (line.startsWith(Node.GENERATION)) {
          synchronized (changed) {
            generation = Integer.parseInt(line.substring(Node.GENERATION.length()));
            changed.notifyAll();
          }
        }
      }
    } catch (IOException | NumberFormatException e) {
      LOG.error("the launcher's pipe broke", e);
    }
    Runtime.getRuntime().halt(1);
  }

  /** Returns whether the rank is to end. */
  boolean stop() {
    return stop;
  }

  /** Returns the number of the ring to be in. */
  int generation() {
    return generation;
  }

  /** Waits until there is a later ring to join; returns false if there is none in time. */
  boolean awaitAfter(int joined, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (changed) {
      try {
        for (long left = patience.toMillis();
            generation <= joined && left > 0;
            left = (deadline - System.nanoTime()) / 1_000_000) {
          changed.wait(left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return generation > joined;
    }
  }
}
