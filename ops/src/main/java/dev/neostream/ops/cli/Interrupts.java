package dev.neostream.ops.cli;

import dev.neostream.ops.UserError;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ctrl-C and kill, as a wish instead of the JVM's end. A shutdown hook would not do: the engines'
 * own hooks run beside it and pull their files away from under an orderly stop.
 */
final class Interrupts {

  /** Exit code of a run that was asked to stop. */
  static final int EXIT_CODE = 130;

  private Interrupts() {}

  /**
   * Returns a flag that the first INT or TERM sets; the second one ends the JVM at once. Goes by
   * reflection because the only API, in jdk.unsupported, cannot be compiled without warnings.
   *
   * @param first told of the first one
   */
  static AtomicBoolean listen(Runnable first) {
    var asked = new AtomicBoolean();
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object stop =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (asked.getAndSet(true)) {
                  Runtime.getRuntime().halt(EXIT_CODE);
                }
                first.run();
                return null;
              });
      for (String name : new String[] {"INT", "TERM"}) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), stop);
      }
      return asked;
    } catch (ReflectiveOperationException e) {
      throw new UserError("this Java runtime must have the module jdk.unsupported", e);
    }
  }
}
