package dev.neostream.ops.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** TCP sockets that a process listens on, read from Linux's /proc. */
public final class ListeningSockets {

  private static final String LISTEN = "0A";

  private ListeningSockets() {}

  /** Returns the local addresses, hex as the kernel prints them: address:port. */
  public static List<String> of(long pid) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files.toList()) {
        try {
          String target = Files.readSymbolicLink(file).toString();
          if (target.startsWith("socket:[")) {
            inodes.add(target.substring(8, target.length() - 1));
          }
        } catch (IOException closedMeanwhile) {
          continue;
        }
      }
    }
    var addresses = new ArrayList<String>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] columns = line.strip().split("\\s+");
        if (columns[3].equals(LISTEN) && inodes.contains(columns[9])) {
          addresses.add(columns[1]);
        }
      }
    }
    return addresses;
  }

  /** True for 127.0.0.0/8, ::1 and 127.0.0.0/8 mapped into IPv6. */
  public static boolean isLoopback(String address) {
    String host = address.substring(0, address.indexOf(':'));
    return host.matches("[0-9A-F]{6}7F")
        || host.equals("00000000000000000000000001000000")
        || host.matches("0000000000000000FFFF0000[0-9A-F]{6}7F");
  }
}
