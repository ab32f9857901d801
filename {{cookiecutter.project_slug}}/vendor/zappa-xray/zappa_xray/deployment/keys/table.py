"""The keys that Zappa and the hooks read, and of which kind each is. `null` stands for "not given".

https://github.com/zappa/Zappa#advanced-settings
"""

from zappa_xray.deployment.keys.composed import EVENTS, SAMPLING_RULE, SCHEDULE, VPC_CONFIG
from zappa_xray.deployment.keys.kinds import (
    ANYTHING,
    FLAG,
    NAMED_TEXTS,
    OBJECT,
    OBJECTS,
    TEXT,
    TEXTS,
    Kind,
    list_of,
    number,
    one_of,
    text_like,
)

OTHER_TEXTS = """
    api_key apigateway_description apigateway_lambda_qualifier apigateway_policy app_function
    assume_policy async_response_table async_source attach_policy aws_kms_key_arn aws_region base_path certificate certificate_arn certificate_chain
    certificate_key cloudwatch_log_level dead_letter_arn domain exception_handler extends health_url
    lambda_description lambda_handler lets_encrypt_key log_level prebuild_script profile_name
    remote_env remote_env_bucket remote_env_file role_name runtime settings_file
    websocket_handler_module django_settings
"""
FLAGS = """
    alb_enabled api_key_required apigateway_enabled async_resources binary_support
    cache_cluster_enabled cache_cluster_encrypted cloudwatch_data_trace cloudwatch_metrics_enabled
    debug delete_local_zip delete_s3_zip function_url_enabled iam_authorization keep_warm manage_roles
    payload_compression route53_enabled slim_handler touch use_apigateway use_precompiled_packages
    xray_tracing
"""
OBJECTS_OF_AWS = """
    alb_vpc_config authorizer cognito context_header_mappings ephemeral_storage function_url_config
    function_url_cloudfront_config
"""
# What Zappa itself looks at closely, and what has a check of its own.
LOOKED_AT_ELSEWHERE = """
    api_access_log app_type cache_cluster_size cors efs_config log_retention_days provisioned_concurrency xray_alarms
"""

KEYS: dict[str, Kind] = {
    **dict.fromkeys(OTHER_TEXTS.split(), TEXT),
    **dict.fromkeys(FLAGS.split(), FLAG),
    **dict.fromkeys(OBJECTS_OF_AWS.split(), OBJECT),
    **dict.fromkeys(LOOKED_AT_ELSEWHERE.split(), ANYTHING),
    **dict.fromkeys(("bot_events", "extra_permissions"), OBJECTS),
    **dict.fromkeys(("aws_environment_variables", "environment_variables"), NAMED_TEXTS),
    **dict.fromkeys(("aws_endpoint_urls", "callbacks", "tags"), NAMED_TEXTS),
    **dict.fromkeys(("additional_text_mimetypes", "exclude", "exclude_glob", "include"), TEXTS),
    **dict.fromkeys(("environment_from_deployer", "function_url_domains", "layers"), TEXTS),
    "apigateway_version": one_of("v1", "v2"),
    "architecture": one_of("x86_64", "arm64"),
    "endpoint_configuration": list_of(
        one_of("EDGE", "REGIONAL", "PRIVATE"), 'a list such as ["REGIONAL"]'
    ),
    "events": EVENTS,
    "keep_warm_expression": SCHEDULE,
    "project_name": text_like("[A-Za-z0-9_-]+", "of letters, digits, - and _"),
    "role_arn": text_like(r"arn:aws[a-z-]*:iam::\d{12}:role/.+", "the ARN of a role"),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    "s3_bucket": text_like(
        "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "of 3 to 63 small letters, digits and -"
    ),
    "snap_start": one_of("PublishedVersions", "None"),
    "touch_path": text_like("/.*", "a path that begins with /"),
    "vpc_config": VPC_CONFIG,
    "xray_sampling_rule": SAMPLING_RULE,
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    "memory_size": number(128, 10_240),
    "timeout_seconds": number(1, 900),
    "lambda_concurrency": number(0, 1_000_000),
    "num_retained_versions": number(1, 1_000_000),
    "async_response_table_read_capacity": number(1, 40_000),
    "async_response_table_write_capacity": number(1, 40_000),
    "cache_cluster_ttl": number(0, 3600),
    "payload_minimum_compression_size": number(0, 10_485_760),
}
