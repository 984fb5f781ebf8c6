namespace ImdbPipeline.Testing.Faults;

/// <summary>What happens to one try of one call to storage.</summary>
public enum StorageFault
{
    None,

    /// <summary>Nobody listens where storage was. Tried again by the client.</summary>
    Refused,

    /// <summary>No answer comes before the try's time is over. Tried again by the client.</summary>
    Late,

    /// <summary>503 with a Retry-After of one second. Tried again by the client.</summary>
    Busy,

    /// <summary>Storage does what it was asked and the answer is lost. Tried again by the client.</summary>
    AnswerLost,

    /// <summary>The connection is reset just as it is made. Tried again by the client.</summary>
    Disconnected,

    /// <summary>The answer breaks off in the middle of its body. The client asks for the rest.</summary>
    BodyCut,

    /// <summary>The call fails before storage hears of it, and the caller is not spared.</summary>
    FatalBefore,

    /// <summary>Storage does what it was asked, the answer is lost, and the caller is not spared.</summary>
    FatalAfter,
}
