import NIOCore

/// Runs tasks on an event loop, so that a call and what follows its answer change no thread.
///
/// Nothing that blocks may run there: it would hold up every connection of the loop.
final class EventLoopExecutor: TaskExecutor {
  private let eventLoop: any EventLoop

  init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = unsafe asUnownedTaskExecutor()
    eventLoop.execute { unsafe job.runSynchronously(on: executor) }
  }
}
