"""What to do when AWS does not take who calls, in place of its word for it.

https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
"""

from botocore.exceptions import ClientError

OLD = "sign in again (aws sso login), or take new keys"
UNKNOWN = (
    "AWS does not know these keys: look at AWS_PROFILE and AWS_ACCESS_KEY_ID of your environment"
)
WRONG = "the secret key is another one's, or this machine's clock is wrong: compare it with date -u"
NONE = "put credentials of AWS into your environment (aws configure, aws sso login, AWS_PROFILE)"
ADVICE = {
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"), OLD),
    **dict.fromkeys(("UnauthorizedSSOTokenError", "SSOTokenLoadError", "TokenRetrievalError"), OLD),
    **dict.fromkeys(("InvalidClientTokenId", "UnrecognizedClientException"), UNKNOWN),
    **dict.fromkeys(("InvalidAccessKeyId", "AuthFailure"), UNKNOWN),
    **dict.fromkeys(("InvalidSignatureException", "SignatureDoesNotMatch"), WRONG),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestExpired"), WRONG),
    **dict.fromkeys(("NoCredentialsError", "PartialCredentialsError"), NONE),
    "EndpointConnectionError": "is this machine on the network, and aws_region a region?",
}


def advised(error: Exception) -> str:
    """Return what an error of botocore says, and after it what to do where that is known here."""
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
    else:
        code = type(error).__name__
    return f"{error}: {ADVICE[code]}" if code in ADVICE else str(error)
