package dev.neostream.ops.cli;

import dev.neostream.ops.monitor.StatusSample;
import java.io.IOException;

/** Shows the same state once, and again for each byte that it is given. */
public final class ViewMain {

  private ViewMain() {}

  public static void main(String[] arguments) throws IOException {
    var view = new ProgressView(System.out, WindowSize::ofOutput);
    do {
      view.show(StatusSample.running());
    } while (System.in.read() >= 0);
  }
}
