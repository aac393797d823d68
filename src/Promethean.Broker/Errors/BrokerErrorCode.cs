namespace Promethean.Broker;

/// <summary>Why the broker or a worker refused; the wire's one list of codes.</summary>
public enum BrokerErrorCode
{
    /// <summary><c>invalid_request</c>: the frame or its payload is wrong; sending it again will not help.</summary>
    InvalidRequest,

    /// <summary><c>unauthorized</c>: no token, or one that is not accepted.</summary>
    Unauthorized,

    /// <summary><c>forbidden</c>: the token's scopes do not cover this.</summary>
    Forbidden,

    /// <summary><c>not_found</c>: the thing named does not exist, for example an unknown model.</summary>
    NotFound,

    /// <summary><c>no_responders</c>: no worker serves the action now.</summary>
    NoResponders,

    /// <summary><c>timeout</c>: the deadline passed.</summary>
    Timeout,

    /// <summary><c>overloaded</c>: too much work; <see cref="BrokerException.RetryAfter"/> says when to try again.</summary>
    Overloaded,

    /// <summary><c>cancelled</c>: the caller, or a disposal, ended it.</summary>
    Cancelled,

    /// <summary><c>unsupported_media</c>: a kind of content that is not taken.</summary>
    UnsupportedMedia,

    /// <summary><c>too_large</c>: over a size limit.</summary>
    TooLarge,

    /// <summary><c>internal</c>: the other side failed.</summary>
    Internal,
}
