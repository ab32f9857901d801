"""CloudWatch Logs Insights, as much of it as this template's queries are made of.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""
