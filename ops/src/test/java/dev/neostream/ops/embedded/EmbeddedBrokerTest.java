package dev.neostream.ops.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddedBrokerTest {

  @Test
  void shouldListenOnTwoPortsWhenChanceGivesOneTwice() throws IOException {
    int first;
    int second;
    try (ServerSocket one = listen();
        ServerSocket two = listen()) {
      first = one.getLocalPort();
      second = two.getLocalPort();
    }
    Iterator<Integer> chance = List.of(first, first, second).iterator();

    int[] ports = EmbeddedBroker.freePorts(chance::next);

    assertEquals(List.of(first, second), List.of(ports[0], ports[1]));
  }

  @Test
  void shouldPassOverPortsInUse() throws IOException {
    try (ServerSocket taken = listen()) {
      int first;
      int second;
      try (ServerSocket one = listen();
          ServerSocket two = listen()) {
        first = one.getLocalPort();
        second = two.getLocalPort();
      }
      Iterator<Integer> chance = List.of(taken.getLocalPort(), first, second).iterator();

      int[] ports = EmbeddedBroker.freePorts(chance::next);

      assertEquals(List.of(first, second), List.of(ports[0], ports[1]));
    }
  }

  @Test
  void shouldGiveUpWhenNoPortIsFree() throws IOException {
    try (ServerSocket taken = listen()) {
      assertThrows(BindException.class, () -> EmbeddedBroker.freePorts(() -> taken.getLocalPort()));
    }
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }
}
