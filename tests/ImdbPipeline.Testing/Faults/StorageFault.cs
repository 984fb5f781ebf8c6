namespace ImdbPipeline.Testing.Faults;

/// <summary>What happens to one attempt of one storage call.</summary>
public enum StorageFault
{
    None,

    /// <summary>The connection is refused. The client retries.</summary>
    ConnectionRefused,

    /// <summary>No response arrives before the attempt times out. The client retries.</summary>
    TimedOut,

    /// <summary>503 with a Retry-After of one second. The client retries.</summary>
    Busy,

    /// <summary>Storage executes the call, but the response is lost. The client retries.</summary>
    ResponseLost,

    /// <summary>The connection is reset while it is being made. The client retries.</summary>
    ConnectionReset,

    /// <summary>The response breaks off in the middle of its body. The client requests the rest.</summary>
    BodyTruncated,

    /// <summary>The call fails before it reaches storage. The client does not retry.</summary>
    FatalBefore,

    /// <summary>Storage executes the call, but the response is lost. The client does not retry.</summary>
    FatalAfter,
}
